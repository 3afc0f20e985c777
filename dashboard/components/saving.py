"""saving: the link of a view, and the files of each chart on its page."""

from dashboard.components import load


def saving(*, title: str, model: str, version: str, text: str | None) -> None:
    """Draw the button that copies the link, and put downloads under the charts of the page.

    Args:
        title: The question of the page, for captions.
        model: The model's name, for captions of charts whose page says no more.
        version: The version of Underhood, for captions.
        text: The text where the address has no room for it, else None.
    """
    load("saving", "chart_picture", "chart_points", "chart_table", "chart_pages", "table_files")(
        key="saving", data={"title": title, "model": model, "version": f"Underhood {version}", "text": text}
    )
