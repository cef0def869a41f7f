# Pillars between indicators and their codes, of any depth. A tree stands in the
# scheme as a path of text ("Trade > Services", the outermost first) and as
# weights that are multiplied down: of a mean of means both are all there is to
# know, and both survive a csv or a workbook.

path_mark <- " > "

# The columns `label` and `parent` of a scheme, where they are given, and the
# weights that a tree makes. `scheme`: columns already checked.
add_tree <- function(scheme, label, parent, vcov, call) {
  if (!all(is.na(label))) scheme$label <- label
  if (is.data.frame(parent)) {
    check_tree_weights(vcov, call)
    tree <- read_tree(scheme, parent, call)
    scheme$weight <- tree_indicator_weights(scheme, tree, call)
    parent <- tree$path
  }
  if (!all(is.na(parent))) {
    check_paths(scheme, parent, call)
    scheme$parent <- parent
  }
  scheme
}

check_tree_weights <- function(vcov, call) {
  if (!is.null(vcov)) {
    stop_nid("weights",
             paste0("Weights with a sampling error cannot be multiplied down ",
                    "a tree: give `parent` as paths of text."), call = call)
  }
}

# Each indicator's nodes from its own to the code's, by a table of parents.
read_tree <- function(scheme, parent, call) {
  check_columns(parent, c("name", "parent"), "parent", call = call)
  tell_unread(names(parent), c("name", "parent", "weight"), "the tree")
  name <- as.character(parent$name)
  up <- as.character(parent$parent)
  weight <- if ("weight" %in% names(parent)) {
    numeric_values_or_na(parent$weight, call)
  } else rep(NA_real_, length(name))
  stop_tree(is.na(name) | is.na(up), "Nodes and parents need names", name,
            call)
  check_once(name, "parent$name", call)
  leaf <- name %in% scheme$indicator
  stop_tree(leaf & !is.na(weight),
            "Indicators whose weight is given twice, in `weight` and the tree",
            name, call)
  weight[!leaf & is.na(weight)] <- 1
  bad <- !leaf & !(is.finite(weight) & weight >= 0)
  if (any(bad)) {
    stop_nid("weights",
             paste0("Weights of nodes are finite and not negative; they are ",
                    "not for ", some_of(name[bad]), "."),
             columns = name[bad], call = call)
  }
  stop_tree(!leaf & !name %in% up, "Nodes that hold nothing", name, call)
  nodes <- lapply(seq_along(scheme$indicator), function(k) {
    node_path(scheme$indicator[k], scheme$code[k], name, up, call)
  })
  list(name = name, weight = weight, nodes = nodes,
       path = vapply(nodes, function(x) {
         if (length(x) == 0L) NA_character_ else
           paste(rev(x), collapse = path_mark)
       }, ""))
}

numeric_values_or_na <- function(x, call) {
  if (!is.numeric(x) && !all(is.na(x))) {
    stop_nid("weights", "`weight` of the tree must be numbers.", call = call)
  }
  as.double(x)
}

stop_tree <- function(bad, message, name, call) {
  if (any(bad)) {
    stop_nid("scheme", paste0(message, ": ", some_of(unique(name[bad])), "."),
             columns = unique(name[bad]), call = call)
  }
}

# From the indicator's parent up to the node below its code.
node_path <- function(indicator, code, name, up, call) {
  path <- character()
  at <- match(indicator, name)
  while (!is.na(at) && up[at] != code) {
    stop_tree(up[at] %in% path, "`parent` runs in a circle", up[at], call)
    path <- c(path, up[at])
    at <- match(up[at], name)
  }
  lost <- is.na(at) && length(path) > 0L
  stop_tree(lost, paste0("The tree does not lead ", some_of(indicator),
                         " to its code ", some_of(code), "; it ends at"),
            path[length(path)], call)
  path
}

# Shares within each group multiplied down; the sum of the weights of a code
# stays as it was, so that a scheme without a tree is the same scheme.
tree_indicator_weights <- function(scheme, tree, call) {
  n <- length(scheme$indicator)
  above <- lapply(seq_len(n), function(k) c(tree$nodes[[k]], scheme$code[k]))
  # Every item (indicator or node) once, with its group.
  item <- unlist(lapply(seq_len(n), function(k) {
    c(paste0("i", k), paste0("n", tree$nodes[[k]])[seq_along(tree$nodes[[k]])])
  }))
  group <- unlist(above)
  own <- unlist(lapply(seq_len(n), function(k) {
    c(scheme$weight[k], tree$weight[match(tree$nodes[[k]], tree$name)])
  }))
  first <- !duplicated(paste(item, group, sep = "\r"))
  total <- tapply(own[first], group[first], sum)
  zero <- names(total)[total == 0]
  if (length(zero) > 0L) {
    stop_nid("weights", paste0("All weights within ", some_of(zero),
                               " are zero."), values = zero, call = call)
  }
  share <- as.vector(own / total[group])
  weight <- vapply(split(share, rep(seq_len(n), lengths(above))), prod, 1,
                   USE.NAMES = FALSE)
  whole <- tapply(scheme$weight, scheme$code, sum)
  made <- tapply(weight, scheme$code, sum)
  out <- weight * as.vector((whole / made)[scheme$code])
  flat <- !scheme$code %in% scheme$code[lengths(tree$nodes) > 0L]
  out[flat] <- scheme$weight[flat]
  out
}

# A node has one place, and a name of its own.
check_paths <- function(scheme, parent, call) {
  parts <- strsplit(parent[!is.na(parent)], path_mark, fixed = TRUE)
  code <- scheme$code[!is.na(parent)]
  node <- unlist(parts)
  stop_tree(!nzchar(trimws(node)), "`parent` has a node without a name", node,
            call)
  taken <- node %in% c(scheme$indicator, scheme$code)
  stop_tree(taken, "Nodes are called like indicators or codes", node, call)
  place <- unlist(lapply(seq_along(parts), function(k) {
    vapply(seq_along(parts[[k]]), function(j) {
      paste(c(code[k], parts[[k]][seq_len(j)]), collapse = path_mark)
    }, "")
  }))
  twice <- tapply(place, node, function(x) length(unique(x)) > 1L)
  stop_tree(twice[node] %in% TRUE, "Nodes stand at several places", node, call)
}

# Reading --------------------------------------------------------------------

# Of every indicator its way down: the code, its nodes, itself.
tree_paths <- function(scheme) {
  own <- scheme[["indicator"]]
  parent <- scheme[["parent"]] %||% rep(NA_character_, length(own))
  nodes <- strsplit(parent, path_mark, fixed = TRUE)
  nodes[is.na(parent)] <- list(character())
  stats::setNames(Map(c, scheme[["code"]], nodes, own), own)
}

# Levels of a scheme as contributions() names them: codes are level 0.
tree_levels <- function(scheme) {
  paste("level", seq_len(max(lengths(tree_paths(scheme))) - 1L))
}

# The item that every indicator belongs to where a tree is cut at a level; or
# where it is opened down to a node: what the node holds, and beside its way
# everything whole.
tree_items <- function(scheme, cut) {
  paths <- tree_paths(scheme)
  if (cut %in% tree_levels(scheme)) {
    level <- as.integer(sub("level ", "", cut, fixed = TRUE))
    return(vapply(paths, \(p) p[min(level + 1L, length(p))], ""))
  }
  way <- Filter(\(p) cut %in% p, paths)[[1L]]
  way <- way[seq_len(match(cut, way))]
  vapply(paths, \(p) {
    same <- sum(cumprod(p[seq_along(way)] == way), na.rm = TRUE)
    p[min(same + 1L, length(p))]
  }, "")
}

# The weights of the indicators of a code of which only some are there (`here`):
# within every node those that are share its weight. `ways`: see tree_paths().
# The sum stays.
shares_below <- function(ways, weight, here, level = 2L, mass = sum(weight)) {
  item <- vapply(ways, \(p) p[min(level, length(p))], "")
  own <- tapply(weight, item, sum)
  own <- own[names(own) %in% item[here]]
  out <- numeric(length(weight))
  for (name in names(own)) {
    mine <- which(item == name)
    share <- mass * own[[name]] / sum(own)
    out[mine] <- if (length(ways[[mine[1L]]]) <= level) share else
      shares_below(ways[mine], weight[mine], here[mine], level + 1L, share)
  }
  out
}

# Labels ---------------------------------------------------------------------

# What an indicator is called: its name where data, code and conditions speak
# (what must be typed), its label where people read.

# The labels of some indicators, their names where there is none. Indicators
# that are labelled alike are told apart by their names.
shown_names <- function(scheme, names) {
  label <- scheme[["label"]]
  if (is.null(label)) {
    return(names)
  }
  own <- scheme[["indicator"]]
  label[is.na(label)] <- own[is.na(label)]
  alike <- label != own & label %in% label[duplicated(label)]
  label[alike] <- paste0(label, bracketed(own))[alike]
  out <- make.unique(label, " ")[match(names, own)]
  ifelse(is.na(out), names, out)
}

# The same in the language in force, for readers.
said_names <- function(scheme, names) say_label(shown_names(scheme, names))

# A table with a column of indicators (or of nodes) has their labels beside it,
# where the scheme has any.
with_labels <- function(columns, scheme) {
  at <- match(c("indicator", "node"), names(columns))
  at <- c(at[!is.na(at)], NA)[1L]
  if (is.na(at) || is.null(scheme[["label"]])) {
    return(columns)
  }
  append(columns, list(label = shown_names(scheme, columns[[at]])), at)
}
