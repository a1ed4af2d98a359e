"""Whether a host answers, within seconds."""

import threading


def is_reachable(url: str, seconds: float = 8.0) -> bool:
    """Asks the host of `url` (through the proxies of the environment, if any) for its root.

    Any answer will do, an error page included. A look-up of the name or a connection that hangs
    is given up after `seconds`.
    """
    answered = threading.Event()
    scheme, _, rest = url.partition("://")
    root = f"{scheme}://{rest.split('/')[0]}/"
    finished = threading.Event()

    def ask() -> None:
        import requests

        try:
            # Once to connect, once to be answered.
            requests.head(root, timeout=seconds / 2)
            answered.set()
        except requests.ReadTimeout:  # slow, but there
            answered.set()
        except requests.RequestException:
            pass
        finally:
            finished.set()

    # A thread, since no timeout of requests covers the look-up of a name.
    threading.Thread(target=ask, daemon=True).start()
    finished.wait(seconds)
    return answered.is_set()
