# deadlined - make, make run, make test.  `make help` lists the rest; V=1 shows the commands.

PREFIX     ?= /usr/local
SYSCONFDIR ?= $(PREFIX)/etc
DESTDIR    ?=
CC         ?= gcc
V          ?= 0
# release | asan | coverage; each keeps its objects to itself.
VARIANT    ?= release

VERSION := 0.1.0
B       := build
O       := $(B)/obj/$(VARIANT)
BIN     := $(if $(filter release,$(VARIANT)),$(B),$(B)/$(VARIANT))
Q       := $(if $(filter 1,$(V)),,@)

# ---- packages (Debian 12) --------------------------------------------------------------------
PKG_BUILD := gcc libc6-dev pkg-config gettext libcurl4-openssl-dev libical-dev libsqlite3-dev \
	libconfig-dev libsystemd-dev libmicrohttpd-dev libjansson-dev libssl-dev libqrencode-dev \
	zlib1g-dev tzdata ca-certificates
PKG_TEST  := $(PKG_BUILD) libcmocka-dev python3 python3-pytest python3-aiosmtpd \
	python3-icalendar python3-prometheus-client openssl mandoc faketime strace patch xlsx2csv
# Postfix, sasl2-bin and Kannel are unpacked below build/peers/ (tests/lib/peers/debs.py), for their
# installation would start them: here is what they link to.
PKG_PEERS := $(PKG_TEST) libdb5.3 libicu72 libnsl2 libsasl2-2 libsasl2-modules libsasl2-modules-db \
	libct4 libhiredis0.14 libmariadb3 libpam0g libpcre3 libpq5 libxml2 radicale khal vdirsyncer \
	nodejs npm curl procps iproute2 debootstrap systemd-container dpkg-dev debhelper fakeroot lintian git chromium chromium-driver fonts-noto-cjk zbar-tools pngquant  \
	thunderbird evolution-data-server dbus-daemon gir1.2-ecal-2.0 python3-gi
PKG_DEB   := $(PKG_BUILD) dpkg-dev debhelper fakeroot lintian
# Postfix's smtp-source and smtp-sink are unpacked likewise.
PKG_BENCH := $(PKG_BUILD) python3 radicale remind time wrk nginx-light iproute2 libdb5.3 libicu72 libnsl2 \
	libsasl2-2

# ---- flags -----------------------------------------------------------------------------------
WARN := -Wall -Wextra -Wshadow -Wstrict-prototypes -Wmissing-prototypes -Wconversion -Wvla \
	-Wpointer-arith -Wcast-qual -Wformat=2 -Wundef -Wwrite-strings -Wno-format-nonliteral
HARD := -fstack-protector-strong -fPIE -fcf-protection -ftrivial-auto-var-init=zero
ifeq ($(VARIANT),release)
OPT  := -O2 -g -D_FORTIFY_SOURCE=3
else ifeq ($(VARIANT),asan)
OPT  := -O1 -g -fsanitize=address,undefined -fno-sanitize-recover=all -fno-omit-frame-pointer
else
OPT  := -O0 -g --coverage
endif
WERROR ?=
CFLAGS  ?=
STD     := -std=c11 -D_GNU_SOURCE -DDEADLINED_VERSION='"$(VERSION)"' \
	-DDEADLINED_SYSCONFDIR='"$(SYSCONFDIR)"' -DDEADLINED_PREFIX='"$(PREFIX)"' \
	$(if $(filter asan,$(VARIANT)),-DDEADLINED_SANITIZED)
LINK    := $(OPT) -pie -Wl,-z,relro,-z,now,-z,noexecstack -Wl,--as-needed

# ---- layers: each folder sees what stands below it and nothing else -----------------------------
LAYERS       := base calendar core conf store deliver feed control web app
SEE_base     := base
SEE_calendar := base calendar
SEE_core     := $(SEE_calendar) core
SEE_conf     := $(SEE_core) conf
SEE_store    := $(SEE_core) store
SEE_deliver  := $(SEE_core) deliver
SEE_feed     := $(SEE_core) feed
SEE_control  := $(SEE_core) control
SEE_web      := $(SEE_core) web
SEE_app      := $(LAYERS)

# The one folder that may use a library, and the library.
LIBS_calendar := libical
LIBS_core     := libcrypto
LIBS_conf     := libconfig
LIBS_store    := sqlite3 libcrypto
LIBS_deliver  := libcurl libsystemd jansson libcrypto
LIBS_feed     := libical zlib libcrypto
LIBS_control  := jansson libsystemd
LIBS_web      := libmicrohttpd libqrencode jansson libcrypto zlib
LIBS_app      := libsystemd jansson libcrypto

pc_libs   = $(if $(1),$(shell pkg-config --libs $(1) | sed 's/-licalss\b//; s/-licalvcal\b//'))
pc_cflags = $(if $(1),$(shell pkg-config --cflags $(1)))
libs_of   = $(call pc_libs,$(sort $(foreach l,$(1),$(LIBS_$(l)))))
arch_of   = $(foreach l,$(call reverse,$(1)),$(O)/lib$(l).a)
reverse   = $(if $(1),$(call reverse,$(wordlist 2,$(words $(1)),$(1))) $(firstword $(1)))

# ---- programs: daemon/NAME.c and the layers it is made of ------------------------------------------
PROGRAMS := $(patsubst daemon/%.c,%,$(wildcard daemon/*.c))
ENGINE_LAYERS := base calendar core conf store deliver feed control app
LAYERS_deadlined     := $(ENGINE_LAYERS)
LAYERS_deadlinectl   := $(ENGINE_LAYERS)
LAYERS_deadlined-web := base calendar core control web

.DEFAULT_GOAL := all
.PHONY: all
all: $(PROGRAMS:%=$(BIN)/%) mo

define layer_rules
SRC_$(1) := $$(wildcard daemon/$(1)/*.c)
OBJ_$(1) := $$(SRC_$(1):daemon/%.c=$(O)/%.o)
$(O)/lib$(1).a: $$(OBJ_$(1))
	@mkdir -p $$(@D)
	$$(Q)rm -f $$@ && ar rcs $$@ $$^
$(O)/$(1)/%.o: daemon/$(1)/%.c Makefile
	@mkdir -p $$(@D)
	$$(if $$(Q),@echo "  CC      $$<")
	$$(Q)$$(CC) $$(STD) $$(OPT) $$(HARD) $$(WARN) $$(WERROR) $$(SEE_$(1):%=-Idaemon/%) \
		$$(call pc_cflags,$$(LIBS_$(1))) $$(CFLAGS) -MMD -MP -c -o $$@ $$<
-include $$(OBJ_$(1):.o=.d)
endef
$(foreach l,$(LAYERS),$(eval $(call layer_rules,$(l))))

# Page templates and the stylesheet, as strings: the web program reads no files of its own.
PAGES := $(wildcard daemon/web/pages/*)
$(O)/web/page_texts.c: $(PAGES) Makefile
	@mkdir -p $(@D)
	$(Q)for f in $(PAGES); do n=$${f##*/}; echo "const char PAGE_TEXT_$${n%%.*}[] ="; \
		sed 's/[\\"?]/\\&/g; s/.*/"&\\n"/' $$f; echo ';'; done >$@
$(O)/web/page_texts.o: $(O)/web/page_texts.c daemon/web/page_texts.h
	$(Q)$(CC) $(STD) $(OPT) $(HARD) $(WARN) $(WERROR) -Idaemon/web -include page_texts.h -c -o $@ $<
$(O)/libweb.a: $(O)/web/page_texts.o

# Where it will be installed is compiled in: another place compiles these anew.
$(shell mkdir -p $(O); echo '$(PREFIX) $(SYSCONFDIR)' | cmp -s - $(O)/places || \
	echo '$(PREFIX) $(SYSCONFDIR)' >$(O)/places)
$(OBJ_app) $(O)/base/i18n.o $(PROGRAMS:%=$(O)/main/%.o): $(O)/places

$(O)/main/%.o: daemon/%.c Makefile
	@mkdir -p $(@D)
	$(if $(Q),@echo "  CC      $<")
	$(Q)$(CC) $(STD) $(OPT) $(HARD) $(WARN) $(WERROR) $(LAYERS_$*:%=-Idaemon/%) $(CFLAGS) \
		-MMD -MP -c -o $@ $<
-include $(PROGRAMS:%=$(O)/main/%.d)

define program_rules
$(BIN)/$(1): $(O)/main/$(1).o $(call arch_of,$(LAYERS_$(1)))
	@mkdir -p $$(@D)
	$$(if $$(Q),@echo "  LD      $$@")
	$$(Q)$$(CC) $$(LINK) -o $$@ $$< $(call arch_of,$(LAYERS_$(1))) $$(call libs_of,$(LAYERS_$(1)))
endef
$(foreach p,$(PROGRAMS),$(eval $(call program_rules,$(p))))

# ---- translations ------------------------------------------------------------------------------
POS := $(wildcard daemon/po/*.po)
MOS := $(POS:daemon/po/%.po=$(B)/locale/%/LC_MESSAGES/deadlined.mo)
.PHONY: mo pot
mo: $(MOS)
$(B)/locale/%/LC_MESSAGES/deadlined.mo: daemon/po/%.po
	@mkdir -p $(@D)
	$(Q)msgfmt -c -o $@ $<
pot:
	$(Q)xgettext --from-code=UTF-8 -k_ -kN_ -kgive_reason:3 -krefuse_start:2 --no-location --sort-output --package-name=deadlined \
		-o $(B)/deadlined.pot daemon/*.c daemon/*/*.c daemon/*/*.h
	$(Q)for po in $(POS); do msgmerge -q --no-fuzzy-matching --sort-output -U --backup=none $$po $(B)/deadlined.pot; done

# ---- tests -------------------------------------------------------------------------------------
# tests/unit/LAYER/test_x.c links LAYER and what is below it; sim and fuzz link everything.
UNIT_SRC := $(wildcard tests/unit/*/test_*.c)
SIM_SRC  := $(wildcard tests/sim/test_*.c)
FUZZ_SRC := $(wildcard tests/fuzz/fuzz_*.c)
UNIT_BIN := $(UNIT_SRC:tests/%.c=$(O)/tests/%)
SIM_BIN  := $(SIM_SRC:tests/%.c=$(O)/tests/%)
FUZZ_BIN := $(FUZZ_SRC:tests/%.c=$(O)/tests/%)
PROBE_SRC := $(wildcard tests/lib/*_probe.c)
PROBES   := $(PROBE_SRC:tests/lib/%.c=$(BIN)/tests/%)
TESTLIB  := $(patsubst tests/lib/%.c,$(O)/testlib/%.o,$(filter-out $(PROBE_SRC),$(wildcard tests/lib/*.c)))

$(O)/testlib/%.o: tests/lib/%.c Makefile
	@mkdir -p $(@D)
	$(Q)$(CC) $(STD) $(OPT) $(HARD) $(WARN) $(WERROR) $(LAYERS:%=-Idaemon/%) -Itests/lib \
		-MMD -MP -c -o $@ $<
define test_layer_rules
$(O)/tests/unit/$(1)/%: tests/unit/$(1)/%.c $(call arch_of,$(SEE_$(1))) Makefile
	@mkdir -p $$(@D)
	$$(if $$(Q),@echo "  TEST    $$<")
	$$(Q)$$(CC) $$(STD) $$(OPT) $$(HARD) $$(WARN) $$(WERROR) $$(SEE_$(1):%=-Idaemon/%) -Itests/lib \
		-MMD -MP -MF $$@.d $$(LINK) -o $$@ $$< $(call arch_of,$(SEE_$(1))) \
		$$(call libs_of,$(SEE_$(1))) -lcmocka -lm
endef
$(foreach l,$(filter-out app,$(LAYERS)),$(eval $(call test_layer_rules,$(l))))
TEST_LAYERS := $(ENGINE_LAYERS) web
$(filter $(O)/tests/unit/app/%,$(UNIT_BIN)) $(SIM_BIN) $(FUZZ_BIN): $(O)/tests/%: tests/%.c \
		$(TESTLIB) $(call arch_of,$(TEST_LAYERS)) Makefile
	@mkdir -p $(@D)
	$(if $(Q),@echo "  TEST    $<")
	$(Q)$(CC) $(STD) $(OPT) $(HARD) $(WARN) $(WERROR) $(TEST_LAYERS:%=-Idaemon/%) -Itests/lib \
		-MMD -MP -MF $@.d $(LINK) -o $@ $< $(TESTLIB) $(call arch_of,$(TEST_LAYERS)) \
		$(call libs_of,$(TEST_LAYERS)) -lcmocka -lm
# Small programs that the Python tests drive: tests/lib/NAME_probe.c.
LAYERS_deliver_probe := $(SEE_deliver)
LAYERS_page_probe := $(SEE_web)
LAYERS_feed_bench_probe := $(SEE_feed)
define probe_rules
$(BIN)/tests/$(1): $(O)/testlib/$(1).o $(call arch_of,$(LAYERS_$(1)))
	@mkdir -p $$(@D)
	$$(Q)$$(CC) $$(LINK) -o $$@ $$< $(call arch_of,$(LAYERS_$(1))) $$(call libs_of,$(LAYERS_$(1)))
endef
$(foreach p,$(notdir $(PROBES)),$(eval $(call probe_rules,$(p))))
-include $(wildcard $(O)/tests/*/*.d $(O)/tests/*/*/*.d)

PYTEST := BUILD=$(BIN) /usr/bin/python3 -m pytest -q -p no:cacheprovider
.PHONY: test unit sim golden system fuzz-replay test-peers asan bench
unit: $(UNIT_BIN)
	$(Q)tests/lib/run-cmocka $(UNIT_BIN)
sim: $(SIM_BIN)
	$(Q)tests/lib/run-cmocka $(SIM_BIN)
golden: all
	$(Q)BUILD=$(BIN) tests/golden/run $(if $(ACCEPT),--accept) $(T)
system: all $(PROBES)
	$(Q)$(PYTEST) tests/system tests/web
fuzz-replay: $(FUZZ_BIN)
	$(Q)for t in $(FUZZ_BIN); do $$t tests/fuzz/corpus-$${t##*/fuzz_} || exit 1; done

# Kills at random moments, at system calls, by loss of power: tests/crash/README.md.
.PHONY: crash crash-test crash-plants
N    ?= 100
SEED ?=
crash: all
	$(Q)$(PYTEST) tests/crash
crash-test: deps-test
	$(Q)$(MAKE) --no-print-directory all
	$(Q)tests/crash/crash.py --program $(BIN)/deadlined --kills $(N) --images $$(($(N) / 10)) \
		--syscalls $(or $(STRIDE),25) $(SEED:%=--seed %)
crash-plants: deps-test
	$(Q)$(MAKE) --no-print-directory all
	$(Q)tests/crash/plants.py $(SEED:%=--seed %)

test: deps-test
	$(Q)$(MAKE) --no-print-directory all unit golden sim system crash fuzz-replay
test-peers: deps-peers
	$(Q)$(MAKE) --no-print-directory all $(PROBES)
	$(Q)$(PYTEST) tests/peers
asan: deps-test
	$(Q)$(MAKE) --no-print-directory VARIANT=asan all unit golden sim
bench: deps-bench
	$(Q)$(MAKE) --no-print-directory all
	$(Q)BUILD=$(BIN) /usr/bin/python3 tests/bench/run
	$(Q)$(MAKE) --no-print-directory $(BIN)/tests/feed_bench_probe
	$(Q)BUILD=$(BIN) /usr/bin/python3 tests/bench/feed
	$(Q)BUILD=$(BIN) /usr/bin/python3 tests/bench/email
	$(Q)BUILD=$(BIN) /usr/bin/python3 tests/bench/web
	$(Q)BUILD=$(BIN) /usr/bin/python3 tests/bench/flood

# Pictures of the pages in the README, by Chromium.
.PHONY: shots
shots: deps-peers
	$(Q)$(MAKE) --no-print-directory all
	$(Q)BUILD=$(BIN) /usr/bin/python3 tests/lib/shots.py daemon/web/shots

# ---- main job ----------------------------------------------------------------------------------
.PHONY: run
run: deps-build
	$(Q)$(MAKE) --no-print-directory all
	$(Q)$(BIN)/deadlined -c config/deadlined.cfg --with-web --rehearse 2024-05-05T20:00+08:00 --speed 3600

# ---- what the machine lacks ----------------------------------------------------------------------
.PHONY: deps-build deps-test deps-peers deps-bench deps-deb
deps-build deps-test deps-peers deps-bench deps-deb: deps-%:
	$(Q)sh tests/lib/deps.sh $(PKG_$(shell echo $* | tr a-z A-Z))

# ---- install -------------------------------------------------------------------------------------
.PHONY: install uninstall clean help
UNIT_FILES := systemd/system/deadlined.service:deadlined.service \
	systemd/system/deadlined-web.service:deadlined-web.service \
	systemd/system/deadlined-web.socket:deadlined-web.socket \
	systemd/catalog/deadlined.catalog:deadlined.catalog \
	systemd/catalog/deadlined.zh_CN.catalog:deadlined.zh_CN.catalog \
	sysusers.d/deadlined.conf:deadlined.sysusers tmpfiles.d/deadlined.conf:deadlined.tmpfiles
install: all
	install -d $(DESTDIR)$(PREFIX)/bin $(DESTDIR)$(PREFIX)/sbin $(DESTDIR)$(SYSCONFDIR)/deadlined/templates \
		$(DESTDIR)$(PREFIX)/share/man/man1 $(DESTDIR)$(PREFIX)/share/man/man5 $(DESTDIR)$(PREFIX)/share/man/man8
	install -m 755 $(B)/deadlined $(B)/deadlined-web $(DESTDIR)$(PREFIX)/sbin/
	install -m 755 $(B)/deadlinectl $(DESTDIR)$(PREFIX)/bin/
	for f in config/*.cfg; do t=$(DESTDIR)$(SYSCONFDIR)/deadlined/$${f##*/}; \
		if [ -e $$t ]; then install -m 644 $$f $$t.new; else install -m 644 $$f $$t; fi; done
	install -d $(DESTDIR)$(PREFIX)/share/doc/deadlined
	install -m 644 README.md config/管理员手册.md $(DESTDIR)$(PREFIX)/share/doc/deadlined/
	install -d $(DESTDIR)$(PREFIX)/share/doc/deadlined/examples
	install -m 644 systemd/addresses.conf $(DESTDIR)$(PREFIX)/share/doc/deadlined/examples/
	cp -R config/templates/. $(DESTDIR)$(SYSCONFDIR)/deadlined/templates/
	for d in $(UNIT_FILES); do \
		t=$(DESTDIR)$(PREFIX)/lib/$${d%:*}; install -d $${t%/*} && \
		sed 's|/usr/sbin/|$(PREFIX)/sbin/|; s|/etc/deadlined|$(SYSCONFDIR)/deadlined|g' \
			systemd/$${d#*:} >$$t; done
	for f in daemon/man/*.[158]; do install -m 644 $$f $(DESTDIR)$(PREFIX)/share/man/man$${f##*.}/; done
	for f in daemon/man/zh_CN/*; do d=$(DESTDIR)$(PREFIX)/share/man/zh_CN/man$${f##*.}; \
		install -d $$d && install -m 644 $$f $$d/; done
	install -d $(DESTDIR)$(PREFIX)/share/bash-completion/completions
	install -m 644 systemd/deadlinectl.completion $(DESTDIR)$(PREFIX)/share/bash-completion/completions/deadlinectl
	for f in $(MOS); do d=$(DESTDIR)$(PREFIX)/share/locale/$$(basename $${f%/LC_MESSAGES/*})/LC_MESSAGES; \
		install -d $$d && install -m 644 $$f $$d/; done
uninstall:
	rm -f $(DESTDIR)$(PREFIX)/sbin/deadlined $(DESTDIR)$(PREFIX)/sbin/deadlined-web $(DESTDIR)$(PREFIX)/bin/deadlinectl
	cd $(DESTDIR)$(PREFIX)/lib && rm -f $(foreach f,$(UNIT_FILES),$(firstword $(subst :, ,$(f))))
	rm -f $(DESTDIR)$(PREFIX)/share/bash-completion/completions/deadlinectl
	for f in daemon/man/*.[158]; do for l in '' zh_CN/; do \
		rm -f $(DESTDIR)$(PREFIX)/share/man/$${l}man$${f##*.}/$${f##*/}; done; done

# ---- Debian package: build/deb/deadlined_*.deb ----------------------------------------------------
.PHONY: deb
DEB_TREE := $(B)/deb/deadlined-$(VERSION)
deb: deps-deb
	rm -rf $(B)/deb && mkdir -p $(DEB_TREE)
	cp -R daemon config systemd tests Makefile README.md LICENSE $(DEB_TREE)/
	cp -R systemd/debian $(DEB_TREE)/debian
	cd $(DEB_TREE) && env -u MAKEFLAGS -u MAKEOVERRIDES dpkg-buildpackage -us -uc --build=binary
	rm -rf $(DEB_TREE)
	cd $(B)/deb && lintian --fail-on error,warning --suppress-tags $(LINTIAN_LEAVE) deadlined_*.deb
	@ls $(B)/deb/deadlined_*.deb
# No Debian bug asked for this package.
LINTIAN_LEAVE := initial-upload-closes-no-bugs

clean:
	rm -rf $(B)
help:
	@echo 'make            build/deadlined, build/deadlined-web, build/deadlinectl'
	@echo 'make run        install what is missing, build, rehearse May 2024'
	@echo 'make test       unit, golden, sim, system, fuzz replay (Debian packages only)'
	@echo 'make test-peers the heavy real parts: Postfix, Kannel, calendar clients'
	@echo 'make asan       unit, golden, sim under ASan and UBSan'
	@echo 'make crash-test N=100 [SEED=n]  kill it again and again, count what is lost or doubled'
	@echo 'make crash-plants               the bugs planted into copies of it have to be found'
	@echo 'make bench      budgets, each as a ratio to a peer, with a hash of the result'
	@echo 'make golden ACCEPT=1 [T=name]   take the present output as expected'
	@echo 'make deb        build/deb/deadlined_*.deb, looked at by lintian'
	@echo 'make shots      the README'"'"'s pictures anew, by Chromium'
	@echo 'make install PREFIX=/usr/local DESTDIR='
