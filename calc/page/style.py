"""The page's style sheet: what Streamlit has no setting for, on a wide screen and on a phone."""

from calc.page.table_html import TABLE_STYLE

# Both states of the cards by name: of a rule for classes that contain some text, a browser tries every element of the
# page at every move, which takes it 12 ms before it can draw the headline.
_CARDS = ":is(.st-key-cards, .st-key-cards_pending)"
_ANSWER = '[data-testid="stMainBlockContainer"]:has(CARDS) > [data-testid="stVerticalBlock"]'
# Less air above the headline, which stands clear of the header; cards of one width, their numbers in one row. What is
# folded away beside the screen is out of the keyboard's reach too.
_EVERYWHERE = """
[data-testid="stMainBlockContainer"] { padding: 4.5rem 2.5rem 2rem; }
[data-testid="stMain"] [data-testid="stHeading"] h1 { padding: 0; text-wrap: balance; }
[data-testid="stMain"] [data-testid="stHeading"] { padding-bottom: 0.5rem; }
[data-testid="stColumn"]:has(.st-key-export) [data-testid="stVerticalBlock"] { gap: 0.4rem; }
[data-testid="stSidebar"][data-collapsed="true"] { visibility: hidden; }
[data-collapsed="true"] [data-testid="stWidgetLabel"] { visibility: hidden; }
[data-testid="stSidebarUserContent"] { padding-bottom: 1rem; }
CARDS > div { flex: 1 1 9rem; min-width: 9rem; }
CARDS [data-testid="stMarkdown"] { min-height: 3.3rem; }
CARDS :is([data-testid="stMetricLabel"], [data-testid="stMetricDelta"]) * { white-space: normal; }
CARDS [data-testid="stMetric"] { height: 100%; }
CARDS [data-testid="stMetric"] > div { display: flex; flex-direction: column; height: 100%; }
CARDS [data-testid="stMetricLabel"] { flex: auto; align-content: start; }
CARDS [data-testid="stMetricLabel"] p { font-size: 0.8125rem; }
button[kind="primary"] *, [data-tag] * { color: light-dark(#FFFFFF, #12171E); }
:is([aria-label="Search presets"], [aria-label="Add a preset"]) [role="option"] * {
  white-space: normal; font-size: 0.75rem; line-height: 1.2;
}
[data-testid="stLayoutWrapper"]:has(> :is(.st-key-phone_bar, .st-key-drawing_number)) { display: none; }
"""
# Headlines, numbers, charts and tables that a run has not drawn again after a while are dimmed. Streamlit begins to
# fade every element as soon as a run starts, for which a browser needs 15 ms of every move before it can draw the
# headline. Of a change that is no opacity it makes no layers, until there is something to dim.
_UNFINISHED = """
[data-stale="true"], [data-testid="stExpander"] > details, [data-testid="stExpander"] > details > summary {
  opacity: 1 !important; transition: none !important;
}
[data-stale="true"] :is(.stHeading, .stMetric, .stVegaLiteChart, .stDataFrame) {
  animation: unfinished 0s 0.8s forwards; opacity: var(--unfinished, 1);
}
@keyframes unfinished { to { --unfinished: 0.4; } }
"""
# On a tablet buttons keep room for their words, cards stand two by two, and charts too wide for half of it are stacked.
_TABLET = """
@media (min-width: 641px) and (max-width: 1200px) {
  [data-testid="stMain"] h1 { font-size: 1.5rem; }
  [data-testid="stMain"] [data-testid="stHeading"] { padding-bottom: 0.75rem; }
  [data-testid="stHorizontalBlock"]:has(h1) > [data-testid="stColumn"]:last-child { min-width: 10.5rem; }
  [data-testid="stColumn"]:has(.st-key-go_on) { min-width: 12rem; }
  [data-testid="stHorizontalBlock"]:is(:has(h1), :has(.st-key-go_on)) { flex-wrap: nowrap; }
  CARDS > div { flex-basis: 40%; }
  .st-key-pair [data-testid="stColumn"] { min-width: 100%; }
}
"""
# Cards two by two, the buttons beside the headline in one row below it, and the bar with the tariff below the header.
# Headline and cards stand first: control and answer share the first screen. Badges and remarks follow, and the keyboard
# goes from one to the next in the order that is seen, where the browser can.
_PHONE = """
@media (max-width: 640px) {
  [data-testid="stMainBlockContainer"] { padding: 4rem 1rem 1rem; }
  [data-testid="stMainBlockContainer"]:has(.st-key-phone_bar button) { padding-top: 9.5rem; }
  [data-testid="stLayoutWrapper"]:has(> .st-key-phone_bar button) { display: contents; }
  .st-key-phone_bar:has(button) {
    display: flex; flex-wrap: nowrap; position: fixed; top: 3.75rem; left: 0; width: 100%; z-index: 90;
    padding: 0 1rem 0.5rem; background: light-dark(#FFFFFF, #12171E);
    border-bottom: 1px solid rgba(128, 140, 155, 0.4);
  }
  .st-key-phone_bar [data-testid="stSliderTickBar"] { display: none; }
  [data-testid="stMain"] h1 { font-size: 1.3rem; }
  [data-testid="stMain"] [data-testid="stHeading"] { padding-bottom: 0.75rem; }
  CARDS [data-testid="stMetricDelta"] * { font-size: 0.72rem; }
  [data-testid="stMarkdownBadge"], .stMarkdownBadge { white-space: normal !important; }
  .st-key-story_menus > * { flex: none; }
  .st-key-story_menus button p { white-space: nowrap; }
  .st-key-scope { gap: 0.5rem; }
  .st-key-scope p { line-height: 1.3; }
  .st-key-badges { gap: 0.25rem 0.5rem; }
  .stVerticalBlock:has(> :is(.st-key-pin, .st-key-export_pictures)) {
    flex-flow: row nowrap; align-items: center; gap: 0.5rem;
  }
  .stVerticalBlock:has(> :is(.st-key-pin, .st-key-export_pictures)) > * { flex: auto; width: auto; }
  .stVerticalBlock:has(> .st-key-export_pictures) p { font-size: 0.8125rem; white-space: nowrap; }
  .stVerticalBlock:has(> :is(.st-key-pin, .st-key-export_pictures)) button { padding-inline: 0.5rem; }
  .st-key-start_row [data-testid="stButtonGroup"] > div { flex-wrap: nowrap; overflow-x: auto; scrollbar-width: none; }
  .st-key-start_row [data-testid="stButtonGroup"] button { flex: none; }
  ANSWER { reading-flow: flex-visual; }
  ANSWER > * { order: 2; }
  ANSWER > :has(.st-key-phone_bar, .st-key-start_row, h1, .st-key-scope, CARDS) { order: 0; }
}
"""
_RULES = f"{_EVERYWHERE}{_UNFINISHED}{TABLE_STYLE}{_TABLET}{_PHONE}".replace("ANSWER", _ANSWER).replace("CARDS", _CARDS)
STYLE = f"<style>{_RULES}</style>"
