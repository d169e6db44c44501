"""Whether memory stays the same however many rows there are, when they are streamed."""

from harness.amounts import shown
from harness.answer import Answer, failed, megabytes
from harness.contest import WrongAnswer
from harness.pintail import PintailProject
from harness.rows import checksum_of

# What counts as the same: a quarter more at most, from the fewest rows to the most.
LIMIT = 1.25

STEPS = """\
  - extract: items
    from: {source}
    strategy: streaming
  - load: items
    into: {target}
"""


def run(bench):
    folder = bench.scratch("flat-memory")
    # One turn each: it is not time that counts here.
    outcomes = bench.compete(
        "Parquet → CSV, streaming",
        [contestant(bench, folder, bench.rows_of(count)) for count in bench.flat_rows],
        turns=1,
    )
    return [answer(bench.flat_rows, outcomes)]


def contestant(bench, folder, rows):
    target = folder / "pintail.csv"
    steps = STEPS.format(source=rows.parquet, target=target)
    project = PintailProject(bench.pintail, folder / "pintail", steps, memory="256MB")
    return project.contestant(f"pintail run, {shown(rows.count)} rows", check=lambda: prove(target, rows))


def answer(counts, outcomes):
    question = f"streaming Parquet → CSV, {shown(counts[0])} to {shown(counts[-1])} rows, memory: 256MB"
    asked = f"≤ {LIMIT}×"
    failures = [outcome for outcome in outcomes if outcome.failure]
    if failures:
        return Answer(question, failed(failures[0]), "–", "–", asked, False)
    peaks = [outcome.peak for outcome in outcomes]
    shown_peaks = ", ".join(f"{shown(count)} rows: {megabytes(peak)}" for count, peak in zip(counts, peaks))
    ratio = max(peaks) / peaks[0]
    return Answer(question, shown_peaks, f"{shown(counts[0])} rows", f"{ratio:.2f}× the peak", asked, ratio <= LIMIT)


def prove(target, rows):
    if not target.exists():
        raise WrongAnswer("no file was written")
    if checksum_of(f"read_csv('{target}')") != rows.checksum:
        raise WrongAnswer("the file does not hold the rows")
    target.unlink()
