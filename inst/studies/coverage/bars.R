# What the cells of result.csv come to, as lines of text: bars(result).

bars <- function(all) {
  result <- all[!all$hard, ]
  three <- c("V", "A", "NID")
  lines <- character()
  bar <- function(text, value) {
    lines <<- c(lines, sprintf("%-58s %s", text,
                               paste(signif(value, 4), collapse = "  ")))
  }
  get <- function(prefix, from = result) from[paste0(prefix, three)]
  geometric <- function(x) exp(colMeans(log(x)))
  bar("cells, hard cells", c(nrow(result), nrow(all) - nrow(result)))
  lines <- c(lines, "V, A, NID:")
  bar("least cover of a cell", sapply(get("cover."), min))
  bar("least cover of a single time", sapply(get("least."), min))
  bar("mean cover over cells", sapply(get("cover."), mean))
  bar("mean cover over cells, reml with t", sapply(get("reml.cover."), mean))
  bar("mean cover over cells, mgcv with t", sapply(get("mgcv.cover."), mean))
  walks <- get("cover.", result[result$truth == "walk_2", ])
  bar("twice-integrated walk alone, mean", colMeans(walks))
  bar("  least and most of its cells", range(walks))
  few <- get("few.score.")
  bar("mean interval score / mgcv with t",
      colSums(few) / colSums(get("mgcv.score.")))
  bar("  geometric mean over cells", geometric(few / get("mgcv.score.")))
  bar("mean interval score / reml with t",
      colSums(get("score.")) / colSums(get("reml.score.")))
  bar("  geometric mean over cells",
      geometric(get("score.") / get("reml.score.")))
  for (rival in c("gcv", "central", "reml")) {
    bar(paste("rmse of A, geometric mean over cells, against", rival),
        geometric(result["rmse.A"] / result[[paste0(rival, ".rmse.A")]]))
  }
  for (truth in unique(all$truth[all$hard])) {
    cells <- get("cover.", all[all$truth == truth, ])
    bar(paste("hard:", truth, "mean cover"), colMeans(cells))
    bar(paste("hard:", truth, "least cover of a cell"), sapply(cells, min))
  }
  lines
}
