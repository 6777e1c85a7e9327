"""The functions that SQL of a mapping may call: each gives the same answer for the same cells.

What reads files, settings, the clock or chance is not among them.
"""

from __future__ import annotations

from typing import Final

TEXT: Final = """
ascii chr concat concat_ws contains ends_with format hamming instr lcase left len length
levenshtein list_value lower lpad ltrim md5 nfc_normalize ord position prefix printf
regexp_extract regexp_extract_all regexp_full_match regexp_matches regexp_replace
regexp_split_to_array repeat replace reverse right rpad rtrim sha256 split split_part
starts_with str_split str_split_regex string_split string_split_regex strip_accents strlen
strpos substr substring suffix translate trim ucase unicode upper url_decode
"""

NUMBERS: Final = """
abs ceil ceiling exp floor greatest isfinite isinf isnan least ln log log10 log2 mod pow power round
sign sqrt trunc
"""

DATES: Final = """
date_add date_diff date_part date_sub date_trunc datediff datepart datesub datetrunc day dayname
dayofmonth dayofweek dayofyear epoch epoch_ms epoch_us extract hour isodow isoyear last_day
make_date make_time make_timestamp minute month monthname quarter second strftime strptime
time_bucket to_days to_hours to_minutes to_months to_seconds to_timestamp to_weeks to_years
try_strptime week weekday weekofyear year yearweek timezone
"""

LISTS: Final = """
array_extract array_length array_slice array_to_string flatten json_array_length json_exists
json_extract json_extract_path json_extract_path_text json_extract_string json_keys json_type
json_valid json_value list_concat list_contains list_distinct list_element list_extract list_filter
list_position list_slice list_sort list_sum list_transform list_unique
"""

CHOICES: Final = "cast case coalesce exists if ifnull nullif try try_cast typeof"

OVER_ROWS: Final = """
approx_quantile arg_max arg_min array_agg avg bool_and bool_or count count_if count_star countif
group_concat list listagg max max_by mean median min min_by quantile quantile_cont quantile_disc
stddev stddev_pop stddev_samp string_agg sum var_pop var_samp variance
"""

OVER_WINDOWS: Final = """
cume_dist dense_rank first_value lag last_value lead nth_value ntile percent_rank rank rank_dense
row_number
"""

OF_TABLES: Final = "generate_series range unnest"

CELLS = frozenset((TEXT + NUMBERS + DATES + LISTS + CHOICES.replace("exists", "")).split())
"""May stand in an expression over the cells of one row."""

ROWS = CELLS | frozenset((CHOICES + " " + OVER_ROWS + OVER_WINDOWS + OF_TABLES).split())
"""May stand in a SELECT."""
