# Help pages of the data sets. Made by data-raw/, see its README. The blocks
# name their object by tags: quoted names need the data loaded to be documented.

# The data are tibbles: only with tibble loaded do they print as such, and not
# as 96 rows of 51 columns.
#' @importFrom tibble as_tibble
NULL

#' The Ural Federal District and its regions, 2005-2016
#'
#' Official statistics of the district and of the territories inside it: the
#' variables of the paper's Fig. 2 and those of the schemes [paper_scheme] and
#' [ural_scheme]. The paper printed Fig. 2 as a picture, without its numbers;
#' these are the sources' own numbers, not read off the picture.
#'
#' Territories lie inside one another. Never add or pool all rows; choose a
#' partition: `level == "district"` the district, `level == "region"` its four
#' regions, or the three regions other than Tyumen Oblast with the three rows
#' of `nested_in == "RU-TYU"`.
#'
#' @format A tibble with 96 rows (8 territories x 12 years) and 51 columns:
#' \describe{
#'   \item{region}{English name.}
#'   \item{region_code}{ISO 3166-2; `FD-U` for the district, suffix `-X` for
#'     Tyumen Oblast without its autonomous okrugs.}
#'   \item{level}{"district", "region", or "part" (of Tyumen Oblast).}
#'   \item{nested_in}{Code of the next larger territory.}
#'   \item{year}{<int>.}
#'   \item{population_mean}{Mean population of the year, thousand.}
#'   \item{grp, grp_pc}{Gross regional product, million RUB, and per head, RUB,
#'     at current prices.}
#'   \item{grp_volume_index}{GRP in constant prices, % of the previous year.}
#'   \item{investment}{Investment in fixed capital, million RUB, current.}
#'   \item{employed}{Mean number of the employed, thousand.}
#'   \item{income_pc, consumer_spending_pc}{Money income and consumer spending
#'     per head, RUB per month, current.}
#'   \item{cpi_dec}{Consumer prices, December, % of the December before.}
#'   \item{income_pc_real, consumer_spending_pc_real}{Computed: the two above
#'     in RUB of 2005, see Computed columns.}
#'   \item{apt_developed, apt_used}{Advanced production technologies developed
#'     in the year and in use, number.}
#'   \item{rd_expenditure}{Internal expenditure on research and development,
#'     million RUB, current.}
#'   \item{innovative_output, innovative_output_share}{Innovative goods, works
#'     and services, million RUB, and % of all shipped.}
#'   \item{innovation_activity_rate}{Organisations active in innovation, % of
#'     those surveyed; from 2006.}
#'   \item{tech_innovators_share}{Organisations with technological
#'     innovations, % of those surveyed.}
#'   \item{orgs_with_internet, orgs_with_website}{Organisations that use the
#'     internet, that have a website, % of those surveyed.}
#'   \item{he_graduates}{Graduates of higher education (bachelor, specialist,
#'     master), thousand.}
#'   \item{he_graduates_per_10k}{Computed: graduates per 10,000 people.}
#'   \item{employed_he_share}{Employed with higher education, % of the
#'     employed; to 2013.}
#'   \item{population_mean_status, ...}{The status of each value, one column
#'     `<indicator>_status` for each of the 23 above, in the same order.}
#' }
#'
#' @section Status:
#' `ok` as published; `zero`: the source prints "-", the phenomenon is absent;
#' `suppressed`: kept secret by Rosstat (Federal Law 282-FZ); `na`: the source
#' prints "..." or leaves the cell blank; `not_found`: no source that was read
#' covers the year or the territory; `derived`: computed here; `break`: the
#' first value of a new method. A printed 0.0 stays `ok`: it is less than half
#' of the last digit. A cell that is both computed and a break is
#' labelled `break`: `derived` changes nothing in a computation, and a lost
#' break would turn a change of method into growth. See [nid_status()].
#'
#' @section Breaks:
#' By the sources' own footnotes: `income_pc` and `consumer_spending_pc` (and
#' their real columns) in 2013, method of order 465 of 2 July 2014 instead of
#' that of 1996; `employed` in 2010, updated balance of labour resources;
#' `innovation_activity_rate` and `tech_innovators_share` in 2018 ([russia]
#' only): 4th instead of 3rd edition of the Oslo Manual. (Their footnote speaks
#' of a recalculation for 2017; the 2017 values printed are still those of the
#' 3rd edition, so the break stands at 2018.)
#'
#' No footnote marks these steps, so neither do we: `employed_he_share` of the
#' district 22.2 in 2006 and 25.1 in 2007; `orgs_with_internet` of the median
#' region 92.1 in 2019 and 81.3 in 2021; `orgs_with_website` 51.0 in 2019 and
#' 43.3 in 2020. Think before differencing across them.
#'
#' @section What is missing:
#' **`employed_he_share` after 2013 was not found anywhere**, nor was any
#' official value for the district: Fig. 2 can be redrawn for 9 of its 12
#' years. Tyumen Oblast without okrugs has no such value at all, no income and
#' spending before 2009, no GRP before 2011 (its index 2012), no prices and
#' investment before 2013, hence no real income. `apt_developed` is suppressed
#' in ten cells and zero in twelve (Kurgan and the two okrugs), where a log
#' does not exist. `innovation_activity_rate` begins in 2006. The source prints
#' "-" for the innovative output of Tyumen Oblast without okrugs in 2006, while
#' its own totals leave 1,260 million RUB: kept as printed. Everything else
#' is complete; all variables of [ural_scheme] are complete and positive where
#' logged for every territory but Tyumen Oblast without okrugs.
#'
#' @section Computed columns:
#' `income_pc_real` = `income_pc` / P, P(2005) = 1, P(t) = P(t - 1) x
#' `cpi_dec`(t) / 100, the same for spending; as [deflate()] does. The index
#' runs from December to December while incomes are monthly means of the year,
#' and 2005 prices are those of each territory: growth is comparable, levels
#' between territories are as in 2005.
#'
#' `he_graduates_per_10k` = 10,000 `he_graduates` / `population_mean`.
#'
#' `employed_he_share` of the district = mean over its four regions weighted by
#' the labour force survey's employment, labour force x (1 - unemployment rate
#' / 100), of the same year.
#'
#' @section Source, licence, citation:
#' All but `employed_he_share`: Rosstat, "Regions of Russia. Socio-economic
#' indicators", 2022 edition (inferred from its years), section workbooks as
#' kept at `github.com/meshhi/alpha_demo_stand`, commit
#' 1a1c03b6721048e1b49466065742103f1a0db316; publisher's page
#' <https://rosstat.gov.ru/folder/210/document/13204>. That repository states
#' no licence; the workbooks are Rosstat's published files, whose terms of
#' re-use were not read. Cite Rosstat. A later edition revises `apt_used` of
#' 2008 and 2009 slightly and suppresses more of `apt_developed`.
#'
#' `employed_he_share`: ICSID database on the Russian regions, version 121,
#' <https://iims.hse.ru/en/csid/databases/>, as kept at
#' `github.com/Ekaterina-Melianova/edreru`, commit
#' 58adfddcb72dee9e2aa79090c186bd792d80a56f. **No licence is stated.** Only
#' this one series is shipped, for the examples; ask ICSID before you publish
#' more of it. ICSID asks to be cited as: "The database on economic and
#' political indicators for the Russian regions in 1998-2014 has been created
#' by the International Center for the Study of Institutions and Development
#' as part of the research project Institutions and Economic Development: the
#' Role of Bureaucracy and Experiments as a Method of Analysis and Evaluation
#' of Reforms (supported by the Basic Research Program of the Higher School of
#' Economics, 2011-2013)."
#'
#' The GPL of the package covers the code, not these numbers.
#' @seealso [russia], [ural_scheme], [paper_scheme]
#' @family data
#' @examples
#' district <- ural[ural$level == "district", ]
#' district[c("year", "apt_developed", "employed_he_share",
#'            "employed_he_share_status")]
#' # A partition adds up:
#' with(ural[ural$level == "region", ], tapply(grp, year, sum)) / district$grp
#' @docType data
#' @name ural
#' @usage ural
NULL

#' A partition of Russia into regions, 2005-2021
#'
#' The columns of [ural] for 82 regions, none inside another: Tyumen and
#' Arkhangelsk oblasts appear whole, not as their parts, because the parts have
#' the holes that [ural] tells of. GRP, population, employment and
#' investment of the regions add up to the country's published totals in every
#' year but 2021, when Rosstat leaves 0.45 % of investment undistributed.
#'
#' @format A tibble with 1,376 rows and the 51 columns of [ural]. `level` is
#'   "region" throughout; `nested_in` is the federal district (`FD-C` Central,
#'   `FD-NW` Northwestern, `FD-S` Southern, `FD-NC` North Caucasian, `FD-V`
#'   Volga, `FD-U` Ural, `FD-SIB` Siberian, `FD-FE` Far Eastern; composition
#'   of today). The panel is not balanced: Rosstat publishes Crimea and
#'   Sevastopol from 2014; their rows are kept "as published by Rosstat", with
#'   their ISO codes `UA-43` and `UA-40`.
#'
#' @section What is missing:
#' GRP of 2021 is later than the edition read (`not_found`), as is
#' `employed_he_share` after 2013. `orgs_with_internet` was not published for
#' 2020. Chechnya: employment from 2007, income and spending from 2010,
#' `apt_used` from 2009. Crimea and Sevastopol: income from 2015; no price
#' chain back to 2005, so no real income. `apt_developed` is suppressed in 268
#' cells and zero in 351 of 1,376, `rd_expenditure` suppressed in 18,
#' `innovative_output` in 11, `apt_used` in 4. Chukotka's graduates are "-" to
#' 2012 and a printed 0.0 thousand (fewer than fifty) from 2017.
#'
#' For [ural_scheme] 70 regions are complete from 2005 to 2019 and positive
#' where logged. Seven more have years without any technologies in use or
#' without graduates (Adygea, Ingushetia, Karachay-Cherkessia, Altai Republic,
#' Tyva, Magadan, Chukotka), so that a log does not exist; the rest of the
#' twelve lack values (Chechnya, Kabardino-Balkaria, North Ossetia, Crimea,
#' Sevastopol). The example keeps the 70.
#'
#' For [russia_scheme], which takes log1p of the two, all 82 regions have all
#' three codes: 77 in each of the 16 years 2005-2019 and 2021 (none in 2020,
#' when the internet was not asked about), Kabardino-Balkaria and North Ossetia
#' in 14, Chechnya in 11, Crimea and Sevastopol in 7, their social code resting
#' on graduates alone.
#'
#' @inheritSection ural Status
#' @inheritSection ural Breaks
#' @inheritSection ural Computed columns
#' @inheritSection ural Source, licence, citation
#' @seealso [ural], [russia_scheme]
#' @family data
#' @examples
#' length(unique(russia$region))
#' # Regions where ural_scheme can be computed for every year 2005-2019:
#' x <- russia[russia$year <= 2019, c("region", ural_scheme$indicator)]
#' logged <- ural_scheme$indicator[ural_scheme$transform == "log"]
#' bad <- rowSums(is.na(x)) > 0 | rowSums(x[logged] <= 0, na.rm = TRUE) > 0
#' years <- tapply(!bad, x$region, sum)
#' sum(years == 15)
#' # Where russia_scheme has all three codes, and how often:
#' codes <- defining_codes(code_panel(russia, russia_scheme,
#'                                    status = "_status"))
#' whole <- rowSums(table(codes$region, codes$year) == 3)
#' table(whole)
#' @docType data
#' @name russia
#' @usage russia
NULL

#' The paper's survey: relevance of instruments, attitudes, who answered
#'
#' Tables 1 and 2 of the 2017 paper and the shares of its text.
#' `paper_relevance` is Table 1: which instruments respondents hold relevant,
#' any number of them.
#' `paper_attitudes` is Table 2, one answer each, and two further shares that
#' the text gives. `paper_sample` is the composition of the sample.
#'
#' @format `paper_relevance`, 18 rows:
#' \describe{
#'   \item{code}{"institutional", "information" or "value": the paper's groups
#'     Institutional, Information, Value-based and competence-oriented, under
#'     the names of [nid_codes()].}
#'   \item{item}{The instrument, in the words of the paper's English text.}
#'   \item{percent}{As printed.}
#'   \item{n}{208, the size of the sample.}
#'   \item{count}{The whole number of respondents that prints as `percent` when
#'     divided by 208; `NA` for the two percentages that no whole number gives
#'     (56.9 and 49.8: those items had another base).}
#' }
#' `paper_attitudes`, 7 rows:
#' \describe{
#'   \item{item}{The statement. The scan prints "Non-industrialization" for
#'     "Neo-industrialization". The last two rows are the text's 79.3 and 89.9,
#'     whose wording was not at hand: nothing is put in its place.}
#'   \item{percent}{As printed.}
#'   \item{positive}{<lgl> Whether the statement speaks well of
#'     neo-industrialization: our reading; `NA` for the last two rows.}
#' }
#' `paper_sample`, 9 rows:
#' \describe{
#'   \item{question}{"composition 1" to "composition 3", the three breakdowns
#'     of the sample in the order of the text; their wording was not at hand.}
#'   \item{option}{"option 1" to "option 3", in the order of the text.}
#'   \item{percent}{As printed.}
#' }
#'
#' @section Restored in transcription:
#' Two percentages lost their decimal point in the scan: "433" is 43.3
#' (`paper_relevance`, "Establishing centers of industrial competence"; the
#' items descend within each code) and "117" is 11.7 (`paper_attitudes`, first
#' row; 11.7 + 29.8 + 12.2 = 53.7, "about half" in the text). The attribute
#' `restored` of the two tables names these items.
#'
#' @section What does not add up:
#' The three rows of `paper_sample` sum to 96, 107.7 and 100; the third fits a
#' base of 63, not 208. Table 2 sums to 60.0 and fits a base of 205; 40 % of
#' the answers are not printed.
#'
#' @source "Conceptual approach to formation of the basic code for
#'   neo-industrial development of the region", Economy of Region, 2017, vol.
#'   13, economyofregion.com/archive/2017/66/2958/; transcribed from
#'   its English text. Cite the paper. Counts are computed here.
#' @family data
#' @examples
#' paper_relevance
#' attr(paper_relevance, "restored")
#' # Positive against negative attitudes:
#' tapply(paper_attitudes$percent, paper_attitudes$positive, sum)
#' tapply(paper_sample$percent, paper_sample$question, sum)
#' @docType data
#' @name paper_survey
#' @aliases paper_relevance paper_attitudes paper_sample
#' @usage
#' paper_relevance
#' paper_attitudes
#' paper_sample
NULL

#' Three ready schemes
#'
#' Schemes made by [code_scheme()] for the shipped data, all directions 1 and
#' all weights 1. They print with a sentence on whose choice they are.
#'
#' @format Objects of class `nid_scheme`; the attribute `note` is the sentence.
#'
#' `paper_scheme`, for 2005-2013: production `apt_developed` (log);
#' institutional `income_pc_real` and `consumer_spending_pc_real` (both log);
#' social `employed_he_share`.
#'
#' `ural_scheme`, for 2005-2016: production `apt_used` (log) and
#' `innovative_output_share`; institutional `orgs_with_internet` and
#' `orgs_with_website`; social `he_graduates_per_10k` and `income_pc_real`
#' (both log).
#'
#' `russia_scheme`, for 2005-2021: `ural_scheme` with `apt_used` and
#' `he_graduates_per_10k` under log1p, because a few regions of [russia] use no
#' advanced technologies in some years (7 regions, 33 cells) or have no
#' graduates (Chukotka). All 82 regions have every code, 80 of them from all six
#' indicators, 77 in each of the 16 years 2005-2019 and 2021.
#'
#' `paper_scheme` takes the variables that the paper's Fig. 2 sets against each
#' other; which code they stand for, the logs and the deflation are our
#' choices. `apt_developed` is zero or secret in several territories, so it
#' suits the district, Sverdlovsk, Chelyabinsk and Tyumen Oblast.
#'
#' `ural_scheme` is ours: indicators observed in every year 2005-2016.
#' @section Whose choice:
#' The paper gives no list of indicators and no numeric value of a code. A
#' different scheme is a different answer; compare schemes rather than trust
#' one.
#' @seealso [ural], [russia], [code_scheme()]
#' @family data
#' @examples
#' paper_scheme
#' ural_scheme
#' russia_scheme
#' @docType data
#' @name ural_scheme
#' @aliases paper_scheme russia_scheme
#' @usage
#' ural_scheme
#' russia_scheme
#' paper_scheme
NULL
