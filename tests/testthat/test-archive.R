# Archives that would harm, or are none. They are made here byte by byte.

skip_on_cran()

le <- function(x, size) {
  as.raw(floor(x / 256^(seq_len(size) - 1)) %% 256)
}

# One entry without content: it is whole, since the check sum of nothing is 0.
zip_entry <- function(name, mode = 0x81a4, size = 0, packed = 0, flags = 0,
                      method = 0, local = name) {
  bytes <- if (is.raw(name)) name else charToRaw(name)
  inside <- if (is.raw(local)) local else charToRaw(local)
  head <- c(le(20, 2), le(flags, 2), le(method, 2), le(0, 8), le(packed, 4),
            le(size, 4), le(length(bytes), 2), le(0, 2))
  list(local = c(as.raw(c(0x50, 0x4b, 3, 4)), head[1:22],
                 le(length(inside), 2), le(0, 2), inside),
       central = function(at) {
         c(as.raw(c(0x50, 0x4b, 1, 2)), le(788, 2), head, le(0, 2), le(0, 4),
           le(0, 2), le(mode, 2), le(at, 4), bytes)
       })
}

zip_end <- function(entries, size, at, comment = raw()) {
  c(as.raw(c(0x50, 0x4b, 5, 6)), le(0, 4), le(entries, 2), le(entries, 2),
    le(size, 4), le(at, 4), le(length(comment), 2), comment)
}

# Entries added to an archive that has no comment.
add_entries <- function(file, ...) {
  bytes <- readBin(file, "raw", file.size(file))
  end <- length(bytes) - 21
  number <- function(at, size) {
    sum(as.integer(bytes[end + at + seq_len(size) - 1]) *
          256^(seq_len(size) - 1))
  }
  from <- number(16, 4)
  local <- bytes[seq_len(from)]
  central <- bytes[from + seq_len(number(12, 4))]
  entries <- list(...)
  at <- cumsum(c(length(local), lengths(lapply(entries, `[[`, "local"))))
  central <- c(central, unlist(Map(\(one, at) one$central(at), entries,
                                   at[seq_along(entries)])))
  local <- c(local, unlist(lapply(entries, `[[`, "local")))
  out <- tempfile(fileext = ".xlsx")
  writeBin(c(local, central, zip_end(number(8, 2) + length(entries),
                                     length(central), length(local))), out)
  out
}

empty_zip <- function() {
  file <- tempfile(fileext = ".zip")
  writeBin(zip_end(0, 0, 0), file)
  file
}

refused <- function(file, ...) {
  expect_error(check_archive(file, "xlsx workbook", NULL), ...,
               class = "nidcode_error_file")
}

test_that("an archive is listed as other tools list it", {
  skip_if_not_installed("openxlsx2", "1.23")
  file <- withr::local_tempfile(fileext = ".xlsx")
  workbook_template(file, ural_scheme)
  theirs <- utils::unzip(file, list = TRUE)
  ours <- check_archive(file, "xlsx workbook", NULL)
  expect_identical(as.character(ours$name), theirs$Name)
  expect_equal(ours$size, as.double(theirs$Length))
  more <- add_entries(file, zip_entry("xl/media/a.png"), zip_entry("odd name"),
                      zip_entry("a..b/c..d"), zip_entry("\u041f.xml"),
                      zip_entry("xl/media/", mode = 0x41ed))
  expect_length(check_archive(more, "xlsx workbook", NULL)$name,
                nrow(theirs) + 5L)
})

test_that("names that lead elsewhere, links and doubles are refused", {
  names <- c("../x", "a/../../x", "..", "a/..", "/etc/x", "//host/x", "C:/x",
             "c:x", "..\\x", "a\\..\\..\\x", "\\x", "\\\\host\\x", "~/x")
  for (name in names) {
    refused(add_entries(empty_zip(), zip_entry("a"), zip_entry(name)),
            "lead out")
  }
  # A symbolic link, a device, a pipe.
  for (mode in c(0xa1ff, 0x2180, 0x1180)) {
    refused(add_entries(empty_zip(), zip_entry("a", mode)), "links")
  }
  for (name in c("a/b", "A/B", "a//b", "a/./b", "./a/b", "a\\b", "a/b/")) {
    refused(add_entries(empty_zip(), zip_entry("a/b"), zip_entry(name)),
            "two files")
  }
  refused(add_entries(empty_zip(), zip_entry("a\nb")), "no names")
  refused(add_entries(empty_zip(), zip_entry(as.raw(c(97, 0, 98)))), "damaged")
  refused(add_entries(empty_zip(), zip_entry("a", flags = 1)), "password")
  refused(add_entries(empty_zip(), zip_entry("a", method = 14)), "not known")
  # The name before the file is another than the one in the list.
  refused(add_entries(empty_zip(), zip_entry("a", local = "../x")), "damaged")
})

test_that("more than is stated is refused before it is unpacked", {
  bomb <- function(...) add_entries(empty_zip(), ...)
  refused(bomb(zip_entry("a", size = 2^31, method = 8)), "2,147,483,648")
  half <- function(name) zip_entry(name, size = 6e8, method = 8)
  refused(bomb(half("a"), half("b")), "1,200,000,000")
  # 100 MB of a file of some hundred bytes.
  refused(bomb(zip_entry("a", size = 1e8, method = 8)), "200 for each byte")
  many <- do.call(bomb, lapply(seq_len(10001L), function(i) {
    zip_entry(paste0("a", i))
  }))
  refused(many, "10,001")
  # Sizes kept beside the entry, where four bytes are too few.
  wide <- wide_sizes(c(2^32 - 1, 5, 2^32 - 1),
                     c(le(9, 2), le(2, 2), le(0, 2), le(1, 2), le(16, 2),
                       le(2^33, 8), le(7, 8)))
  expect_identical(wide, c(2^33, 5, 7))
})

test_that("what is no archive, or a damaged one, says so", {
  file <- withr::local_tempfile()
  with_bytes <- function(bytes) {
    writeBin(bytes, file)
    file
  }
  refused(with_bytes(raw()), "empty")
  refused(with_bytes(as.raw(c(0xd0, 0xcf, 0x11, 0xe0, rep(0, 600)))), "xls")
  refused(with_bytes(charToRaw("region;year;x\nA;2005;1\n")), "spreadsheet")
  refused(with_bytes(charToRaw("PK")), "damaged")
  whole <- readBin(f <- add_entries(empty_zip(), zip_entry("a"),
                                    zip_entry("b")), "raw", file.size(f))
  expect_length(check_archive(f, "xlsx workbook", NULL)$name, 2L)
  for (n in seq_len(length(whole) - 1L)) refused(with_bytes(whole[seq_len(n)]))
  refused(with_bytes(c(charToRaw("PK junk"), whole)), "damaged")
  refused(with_bytes(c(whole, as.raw(1))), "damaged")
  # Any byte of what is checked may be anything: an answer, or an error of ours.
  for (k in some_of(seq_along(whole), 7L)) {
    for (to in as.raw(c(0, 0x2e, 0x50, 0xff))) {
      bad <- whole
      bad[k] <- to
      got <- tryCatch(check_archive(with_bytes(bad), "xlsx workbook", NULL),
                      nidcode_error_file = identity)
      expect_true(is.list(got))
    }
  }
})

test_that("contents that are not what was packed are told", {
  skip_if_not_installed("openxlsx2", "1.23")
  file <- withr::local_tempfile(fileext = ".xlsx")
  workbook_template(file, ural_scheme)
  bytes <- readBin(file, "raw", file.size(file))
  entries <- check_archive(file, "xlsx workbook", NULL)
  k <- which.max(entries$packed)
  bad <- withr::local_tempfile()
  change <- function(at, to) {
    bytes[at] <- to
    writeBin(bytes, bad)
    refused(bad, "damaged")
  }
  for (step in c(40, entries$packed[k] %/% 2, entries$packed[k])) {
    change(entries$from[k] + 30 + step, xor(bytes[entries$from[k] + 30 + step],
                                            as.raw(1)))
  }
  # A size that is a lie, in the list alone.
  change(entries$at[k] + 24:27, le(entries$size[k] - 1, 4))
  change(entries$at[k] + 24:27, le(entries$size[k] + 1, 4))
})

test_that("the check sum is that of zip", {
  # The check value that the catalogues of such sums give.
  nine <- charToRaw("123456789")
  expect_identical(crc32_cpp(nine, 0), 0xcbf43926 + 0)
  expect_identical(crc32_cpp(nine[4:9], crc32_cpp(nine[1:3], 0)),
                   0xcbf43926 + 0)
  expect_identical(crc32_cpp(raw(), 0), 0)
  # Bit by bit, in plain R.
  bits <- function(x) rev(as.integer(intToBits(x)))
  slow <- function(bytes) {
    poly <- bits(-306674912L)
    sum <- rep(1L, 32)
    for (byte in bytes) {
      sum <- as.integer(xor(sum, c(rep(0L, 24), bits(as.integer(byte))[25:32])))
      for (k in 1:8) {
        low <- sum[32]
        sum <- c(0L, sum[-32])
        if (low == 1L) sum <- as.integer(xor(sum, poly))
      }
    }
    sum((1 - sum) * 2^(31:0))
  }
  bytes <- with_stream(3, as.raw(sample(0:255, 300, TRUE)))
  expect_identical(crc32_cpp(bytes, 0), slow(bytes))
})

test_that("nothing of a hostile workbook is unpacked or read", {
  skip_if_not_installed("openxlsx2", "1.23")
  model <- small_model(13)
  file <- write_quietly(model)
  around <- dirname(tempdir())
  before <- list(list.files(around), list.files(tempdir()))
  bad <- add_entries(file, zip_entry("../../slipped.txt"))
  cnd <- expect_error(read_workbook(bad), "slipped",
                      class = "nidcode_error_file")
  expect_identical(cnd$path, bad)
  unlink(bad)
  expect_identical(list(list.files(around), list.files(tempdir())), before)
  harmless <- add_entries(file, zip_entry("slipped.txt"))
  expect_equal(quietly(read_workbook(harmless))$basic$estimate,
               model$basic$estimate, tolerance = 1e-12)
})
