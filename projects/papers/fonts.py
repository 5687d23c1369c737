"""Which fonts draw a PDF that brings none of its own: without a Chinese one its words would be missing."""

import ctypes
from collections.abc import Sequence
from importlib.resources import files

from pypdfium2 import raw

# The server's own first: the watermark's font, which is always there, is drawn thin.
FOLDERS = ("/usr/share/fonts", "/usr/local/share/fonts", str(files("manimgx_fonts_cjk")))


def find(folders: Sequence[str] = FOLDERS) -> None:
    """Have the library look in the folders. Before anything is drawn: it begins anew."""
    raw.FPDF_DestroyLibrary()
    config = raw.FPDF_LIBRARY_CONFIG(version=2)
    wanted = (ctypes.c_char_p * (len(folders) + 1))(*(folder.encode() for folder in folders), None)
    config.m_pUserFontPaths = ctypes.cast(wanted, type(config.m_pUserFontPaths))
    raw.FPDF_InitLibraryWithConfig(config)
