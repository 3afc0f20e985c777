"""Texts that want to be something else: markup, templates, formulas, paths. Each marks the page if it runs."""

EVIL = "http://evil.example"
SCRIPT = "window.hacked=1"
MARKUP = (
    f"<script>{SCRIPT}</script>",
    f"</script><script>{SCRIPT}</script>",
    f'<img src=x onerror="{SCRIPT}">',
    f"<svg/onload={SCRIPT}>",
    f'"><iframe srcdoc="<script>{SCRIPT}</script>">',
    f"'><body onload='{SCRIPT}'>",
    f"</style><style>*{{background:url({EVIL}/s)}}</style>",
    f'<b style="background:url({EVIL}/b)">bold</b>',
    f'<a href="javascript:{SCRIPT}">link</a>',
    f'<a href="{EVIL}/a" target="_blank">link</a>',
    f'<a href="data:text/html,<script>{SCRIPT}</script>">link</a>',
    "<br><sub>low</sub><extra>more</extra>",
    "--><!-- x -->",
    "]]><x/>",
)
ENTITIES = ("&lt;b&gt;", "&amp;lt;", "&#60;i&#62;", "&nbsp;", "&quot;", "&")
MARKDOWN = (
    f"![p]({EVIL}/m.png)",
    f"[x]({EVIL}/l)",
    f"[x](javascript:{SCRIPT})",
    "**bold** _it_ `code` ~~gone~~",
    "# head",
    "$\\LaTeX$ $$\\href{javascript:x}{y}$$",
    ":material/home: :red[x] :smile:",
    "| a | b |\n|---|---|",
    "```\ncode",
)
TEMPLATES = (
    "%{meta}",
    "%{fullData.name}<extra></extra>",
    "${x}",
    "{x}",
    "{{x}}",
    "{0.__class__}",
    "%s%n",
    "\\u003cb\\u003e",
)
FORMULAS = (
    "=1+1",
    "+1",
    "-1",
    "@SUM(A1)",
    "\t=1",
    "\r=1",
    "\n=1",
    "=cmd|' /C calc'!A0",
    '=HYPERLINK("x")',
    "＝1",
    " =1",
    "'=1",
)
PATHS = (
    "../../etc/passwd",
    "/etc/passwd",
    "..\\..\\x",
    "C:\\x",
    "file:///etc/passwd",
    "CON",
    "a/b",
    ".",
    "..",
    "%2e%2e%2f",
)
SIGNS = (
    "\x00", "\x07", "\x1b[31m", "\x7f", "\x85", "\ud800", "\udfff", "\ud83d", "\ufffe", "\uffff", "\ufffd",
    "\ufeff",
    "\u200b", "\u200d", "\u2060", "\u00ad", "\u034f", "\u202e", "\u202d", "\u2066", "\u2069", "\u061c", "\u2028",
    "\u2029",
    "\U000e0041", "e" + "\u0301" * 40, "\u0489" * 10, "\U0001f468\u200d\U0001f469\u200d\U0001f467", "\U0001f1e9",
    "\U0001f3fd",
    "ﷺ", "ذهب", "הילד", "กำ", "漢字", "ﬀ", "ß", "İ", "\u1e9e", "½", "𝟘", "\r\n", "\n\n\n", "\t", "   ", "\u00a0",
    "\u3000",
)  # fmt: skip
PIECES = (
    "<mask>",
    "[MASK]",
    "[CLS]",
    "[SEP]",
    "<|start|>",
    "<unk>",
    "<pad>",
    "xxbos",
    "xxunk",
    "xxfake",
    "xxrep 4 a",
    "</s>",
)
EVERY = (*MARKUP, *ENTITIES, *MARKDOWN, *TEMPLATES, *FORMULAS, *PATHS, *SIGNS, *PIECES)
