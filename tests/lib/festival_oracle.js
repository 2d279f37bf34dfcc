#!/usr/bin/env node
/*
 * festival_oracle - print tests/data/festivals.tsv or tests/data/lunar-months.tsv
 *
 *     npm install --prefix DIR lunar-javascript@1.7.7 solarlunar@3.1.0
 *     node tests/lib/festival_oracle.js DIR festivals|months
 *
 * Two packages that share nothing: lunar-javascript computes, solarlunar looks up a table.  A row is
 * printed only if both say the same day; what they dispute is named in the head of the output.
 * Intl and ICU are no witness: they have six lunar years of 1901-2100 wrong, 2027 and 2030 among
 * them.  Nothing of this project is read.
 */
'use strict';
const path = require('path');

const [dir, what] = process.argv.slice(2);
const VERSIONS = {'lunar-javascript': '1.7.7', solarlunar: '3.1.0'};
const FIRST = 1901, LAST = 2100;

function load(name) {
	const at = path.resolve(dir, 'node_modules', name);
	const version = require(path.join(at, 'package.json')).version;
	if (version !== VERSIONS[name])
		throw new Error(`${name} ${version}: ${VERSIONS[name]} is wanted`);
	return require(at);
}

const {Lunar, LunarYear, Solar} = load('lunar-javascript');
const solarlunar = load('solarlunar').default || load('solarlunar');

const FESTIVALS = [['spring', 1, 1], ['lantern', 1, 15], ['dragonboat', 5, 5], ['qixi', 7, 7],
	['midautumn', 8, 15], ['double9', 9, 9], ['laba', 12, 8]];
const TERMS = [['qingming', '清明', 7], ['dongzhi', '冬至', 24]];

const two = (n) => String(n).padStart(2, '0');
const iso = (y, m, d) => `${y}-${two(m)}-${two(d)}`;
const add = (day, n) => new Date(Date.parse(day) + n * 864e5).toISOString().slice(0, 10);
const span = (a, b) => (Date.parse(b) - Date.parse(a)) / 864e5;

/* A witness: lunar date to day, or null; month first days; solar term to day. */
const computed = {
	day(year, month, day) {
		return Lunar.fromYmd(year, month, day).getSolar().toYmd();
	},
	term(year, name) {
		/* The table of a lunar year runs from 冬至 of the year before. */
		return Lunar.fromYmd(year, 6, 1).getJieQiTable()[name === '冬至' ? 'DONG_ZHI' : name].toYmd();
	},
	months(year) {
		return LunarYear.fromYear(year).getMonths().filter((m) => m.getYear() === year).map((m) =>
			[m.getMonth(), Solar.fromJulianDay(m.getFirstJulianDay()).toYmd()]);
	},
};
const looked_up = {
	day(year, month, day, leap) {
		const r = solarlunar.lunar2solar(year, month, day, !!leap);
		return r && r !== -1 ? iso(r.cYear, r.cMonth, r.cDay) : null;
	},
	term(year, name, n) {
		return iso(year, name === '冬至' ? 12 : 4, solarlunar.getTerm(year, n));
	},
	months(year) {
		const leap = solarlunar.leapMonth(year), months = [];
		for (let m = 1; m <= 12; m++) {
			months.push([m, this.day(year, m, 1)]);
			if (m === leap)
				months.push([-m, this.day(year, m, 1, true)]);
		}
		return months;
	},
};

const rows = [], disputed = [];
function compare(text, a, b) {
	if (a === b)
		rows.push(text(a));
	else
		disputed.push(`${text(a)} or ${text(b)}`.replace(/\t/g, ' '));
}

function in_range(day) {
	return day && day.slice(0, 4) >= FIRST && day.slice(0, 4) <= LAST;
}

function festivals() {
	/* From lunar 1900 on: its last months belong to 1901. */
	for (let year = FIRST - 1; year <= LAST; year++) {
		for (const [key, month, day] of FESTIVALS) {
			const a = computed.day(year, month, day), b = looked_up.day(year, month, day);
			if (in_range(a) || in_range(b))
				compare((d) => `${d}\t${key}`, a, b);
		}
		if (year < FIRST)
			continue;
		compare((d) => `${add(d, -1)}\tnewyeareve`, computed.day(year, 1, 1), looked_up.day(year, 1, 1));
		for (const [key, name, n] of TERMS)
			compare((d) => `${d}\t${key}`, computed.term(year, name), looked_up.term(year, name, n));
	}
	return 'date\tfestival';
}

function months() {
	for (let year = FIRST; year <= LAST; year++) {
		const a = computed.months(year), b = looked_up.months(year);
		a.forEach(([month, day], i) => compare((m) => m, `${day}\t${year}\t${month < 0 ? 'L' : ''}${Math.abs(month)}`,
			`${b[i][1]}\t${year}\t${b[i][0] < 0 ? 'L' : ''}${Math.abs(b[i][0])}`));
	}
	return 'first_day\tlunar_year\tmonth';
}

const columns = {festivals, months}[what]();
console.log(`# Printed by tests/lib/festival_oracle.js; do not edit.
# Sources: ${Object.entries(VERSIONS).map((v) => v.join(' ')).join(', ')}; a row is here if both agree.
# Left out, first the computed day, then that of the table:`);
disputed.sort().forEach((d) => console.log(`#   ${d}`));
console.log(columns);
rows.sort().forEach((r) => console.log(r));
