# Everything a newcomer or a machine does with this package. Each target
# installs what it is missing first (tools/setup.sh), so that a machine with
# only R and a compiler is enough.

RSCRIPT = Rscript --no-save --no-restore
# Two jobs at most: the sub-make that compiles the package sees no other
# setting of this one. Quiet unless it fails.
INSTALL = echo "installing nidcode"; log=$$(mktemp); \
  MAKEFLAGS=-j2 R CMD INSTALL --preclean --clean . >$$log 2>&1 && \
  rm -f $$log || { cat $$log; rm -f $$log; exit 1; }

# As the checks compile, and only where the sources are others than those of what
# is installed.
CHECK_INSTALL = sh tools/install.sh

.PHONY: help reproduce test install docs bench study headers fuzz scale page \
  report layout site sanitize valgrind clean

help:
	@echo "make reproduce  the paper from real data, in reproduction/"
	@echo "make test       R CMD check, all tests and vignettes, one line"
	@echo "make install    the package with its vignettes and what it imports;"
	@echo "                VIGNETTES=no leaves the vignettes out"
	@echo "make docs       NAMESPACE, man/ and RcppExports from the sources"
	@echo "make site       the documentation as a site, in site/"
	@echo "make bench      our times against peers, in reproduction/bench.json;"
	@echo "                THEN=<commit> the core against that commit's too"
	@echo "make study      the simulation studies of inst/studies/"
	@echo "make fuzz       3,000 odd calls; CALLS=20000 for all of them"
	@echo "make page       the explorer in a browser; screenshots in check/page/"
	@echo "make report     reports printed on A4, kept in check/report/"
	@echo "make scale      databases, Slurm and workers, where they are installed"
	@echo "make layout     every picture at every size: no text cut or covered"
	@echo "make headers    each C++ header alone, as C++14, 17 and 20"
	@echo "make sanitize   the tests under address and undefined sanitizers"
	@echo "make valgrind   the tests under valgrind"

reproduce:
	@sh tools/setup.sh run reproduce
	@$(INSTALL)
	@$(RSCRIPT) tools/reproduce.R

test:
	@sh tools/setup.sh run check || \
	  { echo "0 passed, 1 failed, 0 skipped"; exit 1; }
	@$(RSCRIPT) tools/check.R

# vignette() finds what the source package was built with. VIGNETTES=no is
# quicker, and asks for neither pandoc nor rmarkdown.
BUILD_INSTALL = echo "building nidcode and its vignettes"; \
  work=$$(mktemp -d); log=$$work/log; export MAKEFLAGS=-j2; \
  { (cd "$$work" && R CMD build --no-manual "$(CURDIR)") && \
    echo "installing nidcode" >&3 && \
    R CMD INSTALL "$$work"/nidcode_*.tar.gz; } 3>&1 >"$$log" 2>&1 || \
    { cat "$$log"; rm -rf "$$work"; exit 1; }; rm -rf "$$work"

VIGNETTES = yes
install:
ifeq ($(VIGNETTES),no)
	@sh tools/setup.sh run
	@$(INSTALL)
else
	@sh tools/setup.sh run reproduce
	@$(BUILD_INSTALL)
endif

docs:
	@sh tools/setup.sh run docs
	@$(RSCRIPT) -e 'Rcpp::compileAttributes(".")' \
	  -e 'roxygen2::roxygenise(".", load_code = "source")'

site:
	@sh tools/setup.sh run reproduce site
	@$(INSTALL)
	@$(RSCRIPT) tools/site.R

THEN =
bench:
	@sh tools/setup.sh run bench
	@$(INSTALL)
	@$(RSCRIPT) bench/run.R
	@if [ -n "$(THEN)" ]; then $(RSCRIPT) bench/core.R "$(THEN)"; fi

study:
	@sh tools/setup.sh run check
	@$(INSTALL)
	@set -e; for study in inst/studies/*/run.R; do \
	  if [ -e "$$study" ]; then echo "$$study"; $(RSCRIPT) "$$study"; fi; \
	done

CALLS = 3000
fuzz:
	@sh tools/setup.sh run check || \
	  { echo "0 passed, 1 failed, 0 skipped"; exit 1; }
	@$(CHECK_INSTALL)
	@$(RSCRIPT) tools/fuzz/run.R $(CALLS)

# What the browser tests need and is not to be had is skipped, by name.
page:
	@sh tools/setup.sh run page || \
	  { echo "0 passed, 1 failed, 0 skipped"; exit 1; }
	@$(CHECK_INSTALL)
	@$(RSCRIPT) tools/explorer/page.R

# Browser, office and poppler, as for page and check; else skipped by name.
report:
	@sh tools/setup.sh run check page || \
	  { echo "0 passed, 1 failed, 0 skipped"; exit 1; }
	@$(CHECK_INSTALL)
	@$(RSCRIPT) tools/report/print.R

scale:
	@sh tools/setup.sh run check || \
	  { echo "0 passed, 1 failed, 0 skipped"; exit 1; }
	@sh tools/setup.sh scale || echo "scale: what is missing is skipped"
	@$(CHECK_INSTALL)
	@sh tools/scale.sh

# An hour: every picture, size, number of regions, kind of names.
layout:
	@sh tools/setup.sh run check || \
	  { echo "0 passed, 1 failed, 0 skipped"; exit 1; }
	@$(INSTALL)
	@rm -f check/layout.csv
	@$(RSCRIPT) tools/layout.R

headers:
	@sh tools/setup.sh run
	@sh tools/check-headers.sh

sanitize valgrind:
	@sh tools/setup.sh run check
	@sh tools/memory.sh $@

clean:
	rm -rf reproduction check site nidcode.Rcheck nidcode_*.tar.gz
	rm -f src/*.o src/*.so src/*.dll
