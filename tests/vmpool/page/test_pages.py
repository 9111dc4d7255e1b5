"""The pages of status and diff, looked at in a browser."""

from __future__ import annotations

import html
import re
import shutil
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from browser import Browser, browser, chromium_here

from vmpool.diff import as_html as diff_page
from vmpool.diff.comparison import Comparison, StackChange, Status
from vmpool.diff.object_diff import ObjectChange
from vmpool.diff.report import Report as DiffReport
from vmpool.status import as_html as status_page
from vmpool.status.facts import Disk, Door, Drift, Report, Scaling, StackStatus, State, Vm

HOSTILE = "<script>document.title = 'hacked'</script><b onclick='1'>&amp;\"'"
LONG = "a-pool-with-quite-a-long-name-as-kubevirt-allows-it-55ch"
WIDTHS = (360, 700, 1000, 1400)


def stack(name: str, state: State) -> StackStatus:
    """Return a stack of which everything is known, with names as long as they can be."""
    vms = tuple(
        Vm(
            f"{LONG}-{index}",
            state is State.READY,
            "ErrorUnschedulable",
            f"node-{index}.a-data-centre-with-a-name.example.com",
            "2001:db8:85a3::8a2e:370:7334",
            "2026-11-24T12:00:00Z",
            () if state is State.READY else (f"FailedScheduling: {'x' * 300}", HOSTILE),
        )
        for index in range(3)
    )
    return StackStatus(
        name,
        state,
        f"context {name} (https://a-cluster.example.com:6443)",
        name,
        LONG,
        3,
        3 if state is State.READY else 0,
        () if state is State.READY else (f"{LONG}-0: Martian: {HOSTILE}\nmove to the moon",),
        vms,
        Scaling(LONG, 3, 3, 2, 5, ("cpu 31 % of 50 %", "requests-per-second 500m of 1")),
        (Drift("VirtualMachinePool", LONG, missing=False, paths=("spec." + "deeper." * 30,)),),
        ("3 VMs restart one by one",),
        tuple(Disk(f"{LONG}-disk-{n}", f"{LONG}-{n}", "6Gi", "CloneInProgress 1%") for n in "012"),
        (Door(LONG, "ClusterIP", (f"http://{LONG}.{name}.svc.cluster.local",)),),
        (f"virtctl ssh somebody@vm/{LONG}-0 -n {name}",),
        (HOSTILE,),
    )


STACKS = [
    *(stack(f"user{number}", State.READY) for number in range(20)),
    stack("bob", State.NOT_READY),
    stack(HOSTILE, State.DRIFTED),
]
AT = datetime(2026, 11, 24, 15, tzinfo=UTC)
STATUS = Report.of(STACKS, AT)


def change(name: str, status: Status, lines: tuple[str, ...], problems: str = "") -> StackChange:
    """Return a change of a stack."""
    changed = ObjectChange("VirtualMachinePool", LONG, name, "changed", lines)
    return StackChange(name, status, name, (), (changed,), (HOSTILE,), (), problems)


DIFF = DiffReport(
    "main",
    "the working tree",
    Comparison(
        (
            change("bob", Status.BROKEN, (), "Pulumi.bob.yaml has 1 problem:\n  memory: 2GB"),
            change(HOSTILE, Status.NOT_KNOWN, (f"+{'y' * 500}", f"-{HOSTILE}", "@@ spec @@")),
        ),
        tuple(f"user{number}" for number in range(20)),
    ),
    (HOSTILE,),
)


@pytest.fixture(scope="module")
def chromium(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    """A browser for all tests of a module."""
    with browser(tmp_path_factory.mktemp("browser")) as one:
        yield one


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Both pages, by name."""
    folder = tmp_path_factory.mktemp("pages")
    texts = {"status": status_page.as_html(STATUS), "diff": diff_page.html(DIFF)}
    for name, text in texts.items():
        (folder / f"{name}.html").write_text(text, encoding="utf-8")
    return {name: folder / f"{name}.html" for name in texts}


BOTH = pytest.mark.parametrize("page", ["status", "diff"])


@BOTH
@pytest.mark.parametrize("width", WIDTHS)
def test_nothing_overflows(
    chromium: Browser, pages: dict[str, Path], page: str, width: int
) -> None:
    chromium.open(pages[page], width)
    chromium.value("document.querySelectorAll('details').forEach((one) => { one.open = true; })")
    assert chromium.value("document.documentElement.scrollWidth") <= width
    beyond = (
        "[...document.querySelectorAll('main *')].filter((one) => "
        f"one.getBoundingClientRect().right > {width} && "
        "getComputedStyle(one.closest('thead') || one).position !== 'absolute')"
        ".map((one) => one.outerHTML.slice(0, 200))"
    )
    assert chromium.value(beyond) == []


def test_there_is_a_row_for_each_stack_and_the_worst_comes_first(
    chromium: Browser, pages: dict[str, Path]
) -> None:
    chromium.open(pages["status"])
    rows = chromium.value(
        "[...document.querySelectorAll('#stacks tbody tr')].map((row) => row.dataset.stack)"
    )
    assert rows[:2] == ["bob", HOSTILE]
    assert sorted(rows) == sorted(one.name for one in STACKS)
    assert chromium.value("document.querySelectorAll('details.stack').length") == len(STACKS)


def test_every_stack_of_a_comparison_is_named_and_those_that_change_have_a_row(
    chromium: Browser, pages: dict[str, Path]
) -> None:
    chromium.open(pages["diff"])
    rows = chromium.value(
        "[...document.querySelectorAll('#stacks tbody tr')].map((row) => row.dataset.stack)"
    )
    assert rows == ["bob", HOSTILE]
    assert chromium.value("document.querySelectorAll('.names li').length") == 20
    said = "document.querySelector('details[data-stack=bob] > summary').innerText"
    assert chromium.value(said).split() == ["bob", "broken"]


def test_a_stack_of_which_nothing_is_known_has_no_empty_list(
    chromium: Browser, tmp_path: Path
) -> None:
    page = tmp_path / "page.html"
    unseen = StackStatus("eve", State.UNSEEN, why=("Pulumi.eve.yaml cannot be read",))
    page.write_text(status_page.as_html(Report.of([unseen], AT)), encoding="utf-8")
    chromium.open(page)
    assert chromium.value("document.querySelector('dl').checkVisibility()") is False


VISIBLE = (
    "[...new Set([...document.querySelectorAll('[data-stack]')].filter((one) => !one.hidden)"
    ".map((one) => one.dataset.stack))]"
)


@BOTH
def test_the_filter_leaves_the_stacks_that_have_every_word(
    chromium: Browser, pages: dict[str, Path], page: str
) -> None:
    chromium.open(pages[page])
    assert len(chromium.value(VISIBLE)) == 22
    chromium.type("#filter", "USER17")
    assert chromium.value(VISIBLE) == ["user17"]
    assert chromium.value("document.getElementById('found').textContent") == "1 of 22 stacks"
    chromium.type("#filter", "virtualmachinepool bob")
    assert chromium.value(VISIBLE) == ["bob"]
    chromium.type("#filter", " ")
    assert len(chromium.value(VISIBLE)) == 22


def test_the_filter_opens_the_list_that_has_what_it_found(
    chromium: Browser, pages: dict[str, Path]
) -> None:
    chromium.open(pages["diff"])
    assert chromium.value("document.querySelector('.names').checkVisibility()") is False
    chromium.type("#filter", "user17")
    assert chromium.value("document.querySelector('.names').checkVisibility()") is True


def test_what_the_reader_has_set_outlives_a_reload(
    chromium: Browser, pages: dict[str, Path]
) -> None:
    chromium.open(pages["status"])
    chromium.type("#filter", "user3")
    chromium.value("document.querySelector('details[data-stack=user3]').open = true")
    chromium.call("Page.reload")
    chromium.wait_for_load()
    assert chromium.value(VISIBLE) == ["user3"]
    assert chromium.value("document.querySelector('details[data-stack=user3]').open") is True
    assert chromium.value("document.activeElement.id") == "filter"
    chromium.value("sessionStorage.clear(); document.getElementById('filter').value = ''")


def details_of(name: str) -> str:
    """Return JavaScript for the part of a stack."""
    return f"document.querySelector('details[data-stack={name}]')"


@pytest.fixture
def anew(chromium: Browser, tmp_path: Path) -> Callable[..., None]:
    """Write a page of status on stacks in some states, and load it for the first time or anew."""
    page = tmp_path / "page.html"

    def loaded(**states: State) -> None:
        before = page.exists()
        report = Report.of([stack(name, state) for name, state in states.items()], AT)
        page.write_text(status_page.as_html(report), encoding="utf-8")
        if not before:
            chromium.open(page)
            return
        chromium.call("Page.reload")
        chromium.wait_for_load()

    return loaded


def test_what_the_reader_has_folded_stays_so_and_what_goes_wrong_opens(
    chromium: Browser, anew: Callable[..., None]
) -> None:
    wrong, well = State.NOT_READY, State.READY
    anew(bob=wrong, carl=wrong, amy=well, zoe=well)
    for name, click in (("bob", True), ("carl", False), ("amy", False), ("zoe", True)):
        assert chromium.value(f"{details_of(name)}.open") is (name in {"bob", "carl"})
        if click:
            chromium.value(f"{details_of(name)}.querySelector('summary').click()")
    anew(bob=wrong, carl=wrong, amy=wrong, zoe=well)
    open_now = {name: chromium.value(f"{details_of(name)}.open") for name in ("bob", "carl")}
    assert open_now == {"bob": False, "carl": True}
    assert chromium.value(f"{details_of('amy')}.open") is True
    assert chromium.value(f"{details_of('zoe')}.open") is True
    # One that gets well and falls ill again is news.
    anew(bob=well, carl=wrong, amy=wrong, zoe=well)
    assert chromium.value(f"{details_of('bob')}.open") is False
    anew(bob=wrong, carl=wrong, amy=wrong, zoe=well)
    assert chromium.value(f"{details_of('bob')}.open") is True


def test_a_link_leads_to_its_stack_wherever_that_stands_later(
    chromium: Browser, anew: Callable[..., None]
) -> None:
    anew(amy=State.READY, bob=State.READY)
    chromium.value("document.querySelector('#stacks tr[data-stack=bob] a').click()")
    chromium.wait_until(f"{details_of('bob')}.open")
    chromium.value(f"{details_of('bob')}.open = false")
    # Now bob comes first, and amy second.
    anew(bob=State.DRIFTED, amy=State.READY)
    assert chromium.value(f"{details_of('amy')}.open") is False
    chromium.value(f"{details_of('bob')}.open = false")
    anew(bob=State.READY, amy=State.READY)
    assert chromium.value("location.hash") == "#stack-bob"
    assert chromium.value(f"{details_of('bob')}.open") is False


def test_the_place_at_the_keyboard_outlives_a_reload(
    chromium: Browser, anew: Callable[..., None]
) -> None:
    anew(amy=State.READY, bob=State.READY)
    chromium.value(f"{details_of('bob')}.querySelector('summary').focus()")
    anew(bob=State.NOT_READY, amy=State.READY)
    active = "document.activeElement.closest('details[data-stack]')?.dataset.stack"
    assert chromium.value(active) == "bob"


@BOTH
def test_a_keyboard_is_enough(
    chromium: Browser, pages: dict[str, Path], page: str, tmp_path: Path
) -> None:
    # A copy, of which the browser remembers nothing.
    chromium.open(Path(shutil.copy(pages[page], tmp_path)))
    chromium.press("Tab", 9)
    assert chromium.value("document.activeElement.id") == "filter"
    assert chromium.value("document.activeElement.matches(':focus-visible')") is True
    chromium.call("Input.insertText", text="bob")
    chromium.press("Enter", 13)
    assert chromium.value(VISIBLE) == ["bob"]
    chromium.press("Tab", 9)
    assert chromium.value("document.activeElement.textContent") == "bob"
    chromium.press("Enter", 13)
    chromium.wait_until(f"{details_of('bob')}.open")
    # What the filter hides is not come by.
    while chromium.value("document.activeElement.localName") != "summary":
        chromium.press("Tab", 9)
    assert chromium.value("document.activeElement.parentElement.dataset.stack") == "bob"
    chromium.value("document.getElementById('filter').focus()")
    chromium.press("Escape", 27)
    assert len(chromium.value(VISIBLE)) == 22


@BOTH
def test_the_filter_has_a_name_and_says_what_it_found(
    chromium: Browser, pages: dict[str, Path], page: str
) -> None:
    chromium.open(pages[page])
    chromium.type("#filter", "user17")
    chromium.call("Accessibility.enable")
    nodes = chromium.call("Accessibility.getFullAXTree")["nodes"]
    told = {
        node["role"]["value"]: node.get("name", {}).get("value")
        for node in nodes
        if node.get("role", {}).get("value") in {"searchbox", "status"}
    }
    assert told["searchbox"] == "Filter"
    assert "status" in told
    chromium.type("#filter", " ")


def test_a_page_that_is_kept_up_to_date_loads_itself_anew(
    chromium: Browser, tmp_path: Path
) -> None:
    page = tmp_path / "page.html"
    page.write_text(status_page.as_html(STATUS, refresh=1), encoding="utf-8")
    chromium.open(page)
    later = Report.of([replace(stack("zoe", State.READY))], AT)
    page.write_text(status_page.as_html(later), encoding="utf-8")
    chromium.wait_for_load()
    assert chromium.value("document.title") == "1 of 1 stack is ready"


@BOTH
def test_without_javascript_everything_is_there_but_the_filter(
    chromium: Browser, pages: dict[str, Path], page: str
) -> None:
    chromium.open(pages[page], script=False)
    assert chromium.value("getComputedStyle(document.getElementById('search')).display") == "none"
    assert len(chromium.value(VISIBLE)) == 22


@BOTH
def test_hostile_text_is_shown_as_it_is(
    chromium: Browser, pages: dict[str, Path], page: str
) -> None:
    chromium.open(pages[page])
    assert chromium.value("document.scripts.length") == 1
    assert chromium.value("document.querySelectorAll('b').length") == 0
    assert "hacked" not in chromium.value("document.title")
    assert HOSTILE in chromium.value("document.querySelectorAll('#stacks tbody th')[1].textContent")


@BOTH
def test_no_other_script_would_run_if_one_got_through(
    chromium: Browser, pages: dict[str, Path], page: str, tmp_path: Path
) -> None:
    text = pages[page].read_text(encoding="utf-8")
    broken = tmp_path / "broken.html"
    broken.write_text(text.replace("</main>", "<script>document.title = 'x'</script></main>"))
    chromium.open(broken)
    assert chromium.value("document.title") != "x"
    assert chromium.value("document.getElementById('search').hidden") is False


@BOTH
def test_a_page_asks_the_network_for_nothing(pages: dict[str, Path], page: str) -> None:
    text = pages[page].read_text(encoding="utf-8")
    assert "default-src 'none'" in html.unescape(text)
    assert re.findall(r"<(?:link|img|iframe|object|embed)\b|\bsrc=|@import|url\(", text) == []


CONTRAST = """
(() => {
  const rgb = (text) => text.match(/[0-9.]+/g).map(Number);
  const light = (c) => {
    const [r, g, b] = c.map((v) => v / 255)
      .map((v) => v <= 0.03928 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4);
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const back = (one) => {
    for (; one; one = one.parentElement) {
      const c = rgb(getComputedStyle(one).backgroundColor);
      if (c.length < 4 || c[3] > 0) return c.slice(0, 3);
    }
    return [255, 255, 255];
  };
  let least = 21;
  const told = (color, one) => {
    const [a, b] = [light(rgb(color).slice(0, 3)), light(back(one))];
    least = Math.min(least, (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05));
  };
  for (const one of document.querySelectorAll("body *")) {
    const own = [...one.childNodes].some((n) => n.nodeType === 3 && n.textContent.trim());
    if (!own || one.localName === "script") continue;
    told(getComputedStyle(one).color, one);
  }
  const input = document.getElementById("filter");
  told(getComputedStyle(input, "::placeholder").color, input);
  return least;
})()
"""


@BOTH
@pytest.mark.parametrize("dark", [False, True])
def test_text_can_be_read_in_light_and_dark(
    chromium: Browser, pages: dict[str, Path], page: str, *, dark: bool
) -> None:
    """By the Web Content Accessibility Guidelines (WCAG 2.2, 1.4.3): 4.5 to 1."""
    chromium.open(pages[page], dark=dark)
    assert chromium.value(CONTRAST) >= 4.5
    red, *_ = re.findall(
        "[0-9]+", chromium.value("getComputedStyle(document.body).backgroundColor")
    )
    assert (int(red) < 60) is dark


@BOTH
@pytest.mark.parametrize("width", [360, 1400])
def test_a_table_is_one_to_a_screen_reader_at_any_width(
    chromium: Browser, pages: dict[str, Path], page: str, width: int
) -> None:
    chromium.open(pages[page], width)
    chromium.call("Accessibility.enable")
    nodes = chromium.call("Accessibility.getFullAXTree")["nodes"]
    roles = [node.get("role", {}).get("value") for node in nodes]
    assert {"table", "row", "columnheader", "rowheader", "cell"} <= set(roles)
    assert "searchbox" in roles


def test_without_a_browser_a_test_is_skipped_unless_one_is_required(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("PATH", "/nowhere")
    monkeypatch.delenv("VMPOOL_TEST_BROWSER", raising=False)
    with pytest.raises(pytest.skip.Exception, match="there is no Chromium"):
        chromium_here()
    monkeypatch.setenv("VMPOOL_TEST_BROWSER", "required")
    with pytest.raises(pytest.fail.Exception, match="VMPOOL_TEST_BROWSER=required lets it fail"):
        chromium_here()
