// read_calendar.cjs MODULES LIBRARY FILE - print [[UID, first day, SUMMARY], ...] as LIBRARY reads it
"use strict";
const fs = require("fs");
const [modules, library, file] = process.argv.slice(2);
const load = require("module").createRequire(modules + "/");
const text = fs.readFileSync(file, "utf8");

function readWithIcalJs() {
	const ICAL = load("ical.js").default || load("ical.js");
	const calendar = new ICAL.Component(ICAL.parse(text));
	return calendar.getAllSubcomponents("vevent").map((v) => {
		const e = new ICAL.Event(v);
		return [e.uid, e.startDate.toString().slice(0, 10), e.summary];
	});
}

function readWithNodeIcal() {
	const found = Object.values(load("node-ical").sync.parseICS(text));
	const pad = (n) => String(n).padStart(2, "0");
	return found.filter((e) => e.type === "VEVENT").map((e) => {
		// A date-only value is local midnight here.
		const d = e.start;
		const day = `${d.getFullYear()}-${pad(d.getMonth() + 1)}-${pad(d.getDate())}`;
		return [e.uid, day, e.summary.val || e.summary];
	});
}

const read = { "ical.js": readWithIcalJs, "node-ical": readWithNodeIcal }[library];
console.log(JSON.stringify(read()));
