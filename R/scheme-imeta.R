# COINr's iMeta: a tree of indicators and aggregates in one frame. The topmost
# aggregates that hold an indicator are the codes: what stands above them makes
# their weights, what stands below them their pillars. Whatever of the tree has
# no place there is refused, what is no part of the index is told.

imeta_columns <- c("iCode", "Parent", "Type", "Level", "Direction", "Weight",
                   "Unit", "iName")

imeta_outside <- c("Group", "Denominator", "Other")

scheme_from_imeta <- function(x, codes, call) {
  tell_unread(names(x), imeta_columns, "iMeta")
  read <- intersect(imeta_columns, names(x))
  odd <- read[!vapply(as.list(x)[read], \(v) is.atomic(v) && is.null(dim(v)),
                      NA)]
  if (length(odd) > 0L) {
    stop_nid("scheme",
             paste0("Column ", some_of(odd), " of iMeta must hold one text or ",
                    "number a row."), columns = odd, call = call)
  }
  meta <- read_imeta(x, call)
  own <- meta$type == "Indicator"
  holders <- unique(meta$parent[own])
  code <- vapply(holders, \(name) {
    path <- tree_path(name, meta, call)
    path[max(which(path %in% holders))]
  }, "")
  codes <- imeta_codes(meta, unique(unname(code)), codes, call)
  code_scheme(meta$name[own], unname(code[meta$parent[own]]),
              direction = meta$Direction[own], weight = meta$Weight[own],
              unit = meta$Unit[own], codes = codes, label = meta$label[own],
              parent = imeta_pillars(meta, codes$code, call))
}

# What hangs below the codes, as code_scheme() takes a tree; NULL where
# indicators hang on codes alone.
imeta_pillars <- function(meta, codes, call) {
  below <- vapply(meta$parent, \(name) {
    !is.na(name) && any(tree_path(name, meta, call) %in% codes)
  }, NA)
  node <- meta$type == "Aggregate"
  if (!any(below & node)) {
    return(NULL)
  }
  data.frame(name = meta$name, parent = meta$parent,
             weight = ifelse(node, meta$Weight, NA))[below, ]
}

stop_imeta <- function(meta, bad, message, call) {
  if (any(bad)) {
    stop_nid("scheme", c(paste0(message, ": ", some_of(meta$name[bad]), ".")),
             columns = meta$name[bad], call = call)
  }
}

# Rows of the tree with the columns that are read, each row's parent known to be
# one that can hold it.
read_imeta <- function(x, call) {
  column <- function(name, default) {
    if (name %in% names(x)) x[[name]] else rep(default, nrow(x))
  }
  # The top of a tree that came through a csv has a blank for its parent.
  parent <- as.character(x$Parent)
  parent[!nzchar(trimws(parent))] <- NA
  meta <- list(name = as.character(x$iCode), parent = parent,
               type = as.character(column("Type", NA)),
               Level = column("Level", NA_real_),
               Direction = column("Direction", 1), Weight = column("Weight", 1),
               Unit = column("Unit", NA),
               label = as.character(column("iName", NA)))
  if (!"Type" %in% names(x)) {
    meta$type <- ifelse(meta$name %in% meta$parent, "Aggregate", "Indicator")
  }
  check_once(meta$name, "iCode", call)
  stop_imeta(meta, !meta$type %in% c("Indicator", "Aggregate", imeta_outside),
             "`Type` must be Indicator, Aggregate, Group, Denominator or Other",
             call)
  outside <- meta$type %in% imeta_outside
  inform_outside(meta$name[outside])
  lost <- meta$parent %in% meta$name[outside] & !outside
  stop_imeta(meta, lost, "`Parent` is no part of the index", call)
  meta <- lapply(meta, `[`, !outside)
  own <- meta$type == "Indicator"
  stop_imeta(meta, own & is.na(meta$parent), "Indicators without a `Parent`",
             call)
  stop_imeta(meta, meta$parent %in% meta$name[own],
             "`Parent` must be an aggregate; it is an indicator", call)
  meta
}

inform_outside <- function(names) {
  if (length(names) > 0L) {
    inform_nid("left_out",
               paste0("Groups, denominators and others are no part of a ",
                      "scheme: ", some_of(names), ". Divide the data by a ",
                      "denominator first."),
               columns = names)
  }
}

# The codes table: parents of indicators, their weights those of the tree.
imeta_codes <- function(meta, of, codes, call) {
  check_imeta_tree(meta, of, call)
  new <- setdiff(of, codes$code)
  codes <- codes[codes$code %in% of, , drop = FALSE]
  if (length(new) > 0L) {
    codes <- rbind(codes, data.frame(code = new, carrier = new,
                                     dynamic = paste0(new, ".rate"),
                                     weight = 1))
  }
  told <- codes$code %in% meta$name
  codes$weight[told] <- tree_weights(meta, codes$code[told], call)
  if (any(told) && !all(told)) {
    inform_nid("left_out",
               paste0("`Parent` names ", some_of(codes$code[!told]),
                      ", which has no row: a code of weight 1."),
               columns = codes$code[!told])
  }
  codes
}

check_imeta_tree <- function(meta, of, call) {
  up <- meta$type == "Aggregate"
  stop_imeta(meta, up & !meta$name %in% meta$parent,
             "Aggregates that hold nothing", call)
  stop_imeta(meta, up & meta$Direction %in% -1,
             "A scheme turns indicators only; aggregates with Direction -1",
             call)
  paths <- lapply(of[of %in% meta$name], tree_path, meta = meta, call = call)
  tops <- unique(vapply(paths, \(p) p[length(p)], ""))
  if (length(tops) > 1L && any(lengths(paths) > 1L)) {
    stop_imeta(meta, meta$name %in% tops,
               "A scheme is one index; aggregates without a `Parent`", call)
  }
}

# An aggregate and what stands above it.
tree_path <- function(name, meta, call) {
  path <- name
  repeat {
    parent <- meta$parent[match(path[length(path)], meta$name)]
    if (is.na(parent)) {
      return(path)
    }
    if (parent %in% path || !parent %in% meta$name) {
      stop_imeta(meta, meta$name %in% path,
                 if (parent %in% path) "`Parent` runs in a circle" else
                   paste0("`Parent` ", some_of(parent), " has no row"), call)
    }
    path <- c(path, parent)
  }
}

# Weights count within their group and multiply down the tree. Where all codes
# are one group they are its weights as given; else their sum stays that of the
# codes' own.
tree_weights <- function(meta, codes, call) {
  at <- match(codes, meta$name)
  weight <- meta$Weight
  tops <- all(is.na(meta$parent[at]))
  used <- meta$type == "Aggregate" & (tops | !is.na(meta$parent))
  check_imeta_weights(meta, used, call)
  if (length(unique(meta$parent[at])) <= 1L) {
    return(as.double(weight[at]))
  }
  share <- rep(1, length(weight))
  group <- meta$parent[used]
  share[used] <- weight[used] / rowsum(weight[used], group)[group, 1L]
  product <- vapply(codes, \(name) {
    prod(share[match(tree_path(name, meta, call), meta$name)])
  }, 1, USE.NAMES = FALSE)
  product / sum(product) * sum(weight[at])
}

check_imeta_weights <- function(meta, used, call) {
  weight <- meta$Weight
  bad <- used & !(is.numeric(weight) & is.finite(weight) & weight >= 0)
  # A group of zeros has no shares.
  zero <- tapply(bad | weight > 0, paste(used, meta$parent), any)
  bad <- bad | used & zero[paste(used, meta$parent)] %in% FALSE
  if (any(bad)) {
    stop_nid("weights",
             c("Weights of aggregates are finite, not negative, not all zero.",
               x = paste0("They are not for ", some_of(meta$name[bad]), "."),
               i = if (!is.numeric(weight)) {
                 paste0("`Weight` is <", class(weight)[1L], ">: x$Weight <- ",
                        "as.numeric(as.character(x$Weight)).")
               }),
             columns = meta$name[bad], call = call)
  }
}
