# The pictures of README.md: Rscript tools/readme-pictures.R, with nidcode
# installed. The code is that of README.

library(nidcode)
five <- subset(russia, region %in% c(
  "Nizhny Novgorod Oblast", "Perm Krai", "Republic of Bashkortostan",
  "Republic of Tatarstan", "Samara Oblast"))
model <- suppressMessages(
  code_model(five, russia_scheme, status = "_status",
             influence = influence_half_life(3)))
pictures <- list(rates = ggplot2::autoplot(model, "rates"),
                 basic = ggplot2::autoplot(model, "basic"))
sizes <- list(rates = c(8, 5), basic = c(7, 3.1))
for (name in names(pictures)) {
  ggplot2::ggsave(file.path("man", "figures", paste0("readme-", name, ".png")),
                  pictures[[name]], width = sizes[[name]][1L],
                  height = sizes[[name]][2L], dpi = 100)
}
