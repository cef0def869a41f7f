# Code NID on a map: classes of value where its sign is clear, one grey class
# where it is not.

# `map`: an sf table of the regions; `by`: its column of their names, found by
# itself where it is not given.
plot_map <- function(object, ..., map = NULL, by = NULL, regions = NULL, call) {
  rlang::check_dots_empty(call = call)
  rlang::check_installed("sf", "to draw a map.")
  if (!inherits(map, "sf") || nrow(map) == 0L) {
    stop_argument("map", "an sf table with a row a region", map, call)
  }
  frame <- plot_frame(object$basic, regions, call)
  title <- say("Map of Code NID")
  rows <- frame$rows
  if (all(is.na(rows$estimate))) {
    return(empty_picture(title, caption = caption_of(frame$spec)))
  }
  # Rows as `regions` are.
  rows <- rows[match(levels(rows$region), as.character(rows$region)), ]
  at <- match_map(map, by, levels(rows$region), call)
  off <- setdiff(seq_along(rows$region), at)
  found <- map_classes(rows)
  class <- as.character(found$class)[at]
  class[is.na(class)] <- say("no value")
  drawn <- sf::st_sf(class = factor(class, names(found$colour)),
                     geometry = whole_across(sf::st_geometry(map)))
  unit <- basic_unit(frame$spec, frame, object$panel$scheme,
                     model_time_unit(object))
  finish_picture(
    map_plot(drawn, found$colour), title, alt = map_alt(rows, drawn, unit),
    subtitle = with_unit("Code NID", unit), x = NULL, y = NULL,
    caption = caption_of(
      frame$spec, say("Coloured: the sign is clear; grey: it is not."),
      if (length(off) > 0L) say("Not on the map: %s.",
                                name_list(levels(rows$region)[off]))),
    theme = ggplot2::theme(axis.text = ggplot2::element_blank(),
                           panel.grid.major = ggplot2::element_blank()),
    width = 8, height = map_height(drawn)
  )
}

# Clear values by their size, two classes on each side of zero at most.
map_classes <- function(rows) {
  clear <- is_clear(rows)
  side <- function(of) {
    x <- rows$estimate[clear & of]
    if (length(x) < 4L) return(NULL)
    cut <- signif(stats::median(x), 2L)
    if (any(x < cut) && any(x >= cut)) cut
  }
  cuts <- c(side(rows$estimate < 0), 0, side(rows$estimate > 0))
  text <- short_number_each(cuts)
  names <- c(say("below %s", text[1L]),
             if (length(cuts) > 1L) say("%s to %s", text[-length(text)],
                                        text[-1L]),
             say("above %s", text[length(text)]))
  out <- factor(names[findInterval(rows$estimate, cuts) + 1L],
                c(names, say("not clear")))
  out[!clear & !is.na(rows$estimate)] <- say("not clear")
  list(class = out, colour = map_colours(names, sum(cuts <= 0)))
}

# Orange below zero, blue above; in grey the blue is darker, what is not clear
# the palest.
map_colours <- function(names, below) {
  above <- length(names) - below
  stats::setNames(
    c(if (below == 2L) c("#B35806", "#FDB863") else "#E69F00",
      if (above == 2L) c("#6BAED6", "#08519C") else "#0B4F8A", "grey88",
      "white"), c(names, say("not clear"), say("no value")))
}

# Seen from above the middle of the regions where the map is in degrees, so
# that what the 180th meridian cuts lies in one piece; the cut is closed.
whole_across <- function(geometry) {
  if (is.na(sf::st_crs(geometry)) || !sf::st_is_longlat(geometry)) {
    return(geometry)
  }
  geometry <- sf::st_cast(geometry, "MULTIPOLYGON")
  at <- sf::st_coordinates(geometry)
  ring <- do.call(paste, as.data.frame(at[, -(1:2)]))
  cut <- map_cut(split(at[, 1L], ring))
  crs <- sprintf("+proj=laea +lat_0=%.4f +lon_0=%.4f +datum=WGS84 +units=m",
                 mean(range(at[, 2L])), mean(range(beyond_cut(at[, 1L], cut))))
  out <- sf::st_transform(geometry, crs)
  if (cut == -180) {
    return(out)
  }
  crossing <- vapply(geometry, \(g) {
    any(diff(sf::st_coordinates(g)[, 1L] < cut) != 0)
  }, NA)
  # A hair wider, so that the two sides of the cut meet.
  out[crossing] <- sf::st_union(sf::st_buffer(out[crossing], 100),
                                by_feature = TRUE)
  out
}

map_plot <- function(drawn, colour) {
  .data <- rlang::.data
  shown <- levels(droplevels(drawn$class))
  ggplot2::ggplot(drawn) +
    ggplot2::geom_sf(ggplot2::aes(fill = .data[["class"]]), colour = "grey30",
                     linewidth = 0.15) +
    ggplot2::scale_fill_manual(values = colour, limits = shown, name = NULL,
                               labels = words_on_page("keys")) +
    ggplot2::coord_sf(datum = NA, expand = FALSE)
}

map_height <- function(drawn) {
  box <- sf::st_bbox(drawn)
  shape <- (box[["ymax"]] - box[["ymin"]]) / (box[["xmax"]] - box[["xmin"]])
  min(max(1.8 + 7.6 * shape, 3), 12)
}

map_alt <- function(rows, drawn, unit) {
  clear <- is_clear(rows)
  paste(say("Map of Code NID of %s, in %s.",
            regions_in_words(droplevels(rows$region)), unit),
        say("Clearly below zero: %s; clearly above: %s; not clear: %s.",
            sum(clear & rows$estimate < 0), sum(clear & rows$estimate > 0),
            sum(!clear & !is.na(rows$estimate))))
}
