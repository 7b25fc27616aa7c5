"""What a hostile or a broken site may send in place of a feed."""

LAUGHS = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))
BILLION_LAUGHS = (
    f'<?xml version="1.0"?><!DOCTYPE rss [<!ENTITY l0 "ha">{LAUGHS}]>'
    '<rss version="2.0"><channel><title>x</title><item><title>&l9;</title><guid>1</guid></item></channel></rss>'
).encode()
QUADRATIC = (
    f'<?xml version="1.0"?><!DOCTYPE rss [<!ENTITY a "{"a" * 50_000}">]>'
    f'<rss version="2.0"><channel><title>x</title><item><title>{"&a;" * 50_000}</title><guid>1</guid></item></channel></rss>'
).encode()


def external_entity(address: str) -> bytes:
    return (
        f'<?xml version="1.0"?><!DOCTYPE rss [<!ENTITY out SYSTEM "{address}">]>'
        '<rss version="2.0"><channel><title>x</title><item><title>see &out; there</title><guid>1</guid></item></channel></rss>'
    ).encode()


def items(*inner: str, head: str = "<title>The Daily</title>") -> bytes:
    return f'<rss version="2.0"><channel>{head}{"".join(f"<item>{one}</item>" for one in inner)}</channel></rss>'.encode()


DEEP = b'<rss version="2.0"><channel>' + b"<div>" * 20_000 + b"</div>" * 20_000 + b"<item><title>deep</title></item></channel></rss>"
DEEP_HTML = items("<title>deep</title><guid>1</guid><description>" + "&lt;b&gt;" * 20_000 + "</description>")
