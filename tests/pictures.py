"""Photos of building sites and scans of bank slips, drawn from a seed; and what becomes of a copy."""

import random
from collections.abc import Iterator
from io import BytesIO

from PIL import Image, ImageChops, ImageDraw, ImageEnhance, ImageFont

from projects.services.evidence import Upload
from projects.services.watermarks import FONT_FILE, SIMPLIFIED_CHINESE

SITE = (1200, 900)
SLIP = (1240, 800)
NAMES = "陕西商南秦岭丹江华建宏远信达农业科技新能源矿业食品旅游开发投资实业光电材料机械"
DESK = (90, 70, 50)


def noise(size: tuple[int, int], seed: int, grain: int) -> Image.Image:
    """Blots of about ``grain`` across."""
    chance = random.Random(seed)
    width, height = grain, max(2, grain * size[1] // size[0])
    fields = bytes(chance.randint(50, 170) for _ in range(width * height * 3))
    return Image.frombytes("RGB", (width, height), fields).resize(size, Image.Resampling.BICUBIC)


def site(seed: int, size: tuple[int, int] = SITE) -> Image.Image:
    """A sky, ground below it, and some buildings, poles and heaps."""
    chance = random.Random(seed)
    width, height = size
    horizon = int(height * chance.uniform(0.3, 0.6))
    above, below = (tuple(chance.randint(low, 240) for _ in range(3)) for low in (120, 170))
    shade = Image.linear_gradient("L").resize(size)
    photo = Image.composite(Image.new("RGB", size, below), Image.new("RGB", size, above), shade)
    photo.paste(noise((width, height - horizon), seed, chance.choice([6, 10, 20])), (0, horizon))
    draw = ImageDraw.Draw(photo)
    for _ in range(chance.randint(3, 14)):
        left, broad, high = chance.randint(-100, width - 50), chance.randint(40, 400), chance.randint(40, 400)
        top, colour = horizon - high + chance.randint(0, 200), [chance.randint(20, 235) for _ in range(3)]
        draw.rectangle((left, top, left + broad, top + high), fill=tuple(colour))
        for window in range(left + 10, left + broad - 20, 40):
            draw.rectangle((window, top + 20, window + 18, top + 44), fill=tuple(v // 2 for v in colour))
    for _ in range(chance.randint(0, 8)):
        left, top, broad = chance.randint(0, width), chance.randint(horizon, height), chance.randint(20, 140)
        heap = tuple(chance.randint(20, 200) for _ in range(3))
        draw.ellipse((left, top, left + broad, top + broad // 2), fill=heap)
    return photo


def slip(seed: int) -> Image.Image:
    """A scanned slip of one bank: the same form, other names, amounts and dates, laid a little askew."""
    chance = random.Random(seed)
    scan = Image.new("RGB", SLIP, "white")
    draw = ImageDraw.Draw(scan)
    draw.text((400, 40), "中国农业银行 电子回单", font=_font(44), fill="black")
    for row, (name, value) in enumerate(_entries(chance)):
        top = 120 + 56 * row
        draw.rectangle((80, top, 1160, top + 56), outline="black")
        draw.line((330, top, 330, top + 56), fill="black")
        draw.text((95, top + 10), name, font=_font(26), fill="black")
        draw.text((350, top + 10), value, font=_font(26), fill="black")
    scan = scan.rotate(chance.uniform(-0.6, 0.6), Image.Resampling.BICUBIC, fillcolor=(255, 255, 255))
    return ImageEnhance.Brightness(scan).enhance(chance.uniform(0.93, 1.0))


def _entries(chance: random.Random) -> Iterator[tuple[str, str]]:
    digits = lambda many: "".join(chance.choice("0123456789") for _ in range(many))  # noqa: E731 -- of this form
    firm = lambda: "".join(chance.choice(NAMES) for _ in range(chance.randint(6, 12))) + "有限公司"  # noqa: E731 -- of this form
    yield "交易日期", f"2012年{chance.randint(1, 6):02d}月{chance.randint(1, 28):02d}日"
    yield "回单编号", digits(16)
    for side in ("付款人", "收款人"):
        yield f"{side}全称", firm()
        yield f"{side}账号", digits(19)
        yield f"{side}开户行", f"中国农业银行{chance.choice(['商南县支行', '高新支行', '杭州分行'])}"
    yield "金额（小写）", f"￥{chance.randint(100000, 99999999):,}.00"
    yield "摘要", chance.choice(["投资款", "往来款", "工程款", "货款"])


def _font(size: int) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(str(FONT_FILE), size, index=SIMPLIFIED_CHINESE)


def held_up(seed: int) -> Image.Image:
    """The same slip as a phone takes it: on a desk, turned a little, with the light from one side."""
    chance = random.Random(seed)
    width, height = SLIP
    size = (width * 112 // 100, height * 112 // 100)
    photo = Image.new("RGB", size, DESK)
    turned = slip(seed).rotate(chance.uniform(-2.5, 2.5), Image.Resampling.BICUBIC, True, fillcolor=DESK)
    turned = turned.resize((int(width * chance.uniform(0.9, 1.02)), int(height * chance.uniform(0.9, 1.02))))
    photo.paste(turned, (chance.randint(0, width // 10), chance.randint(0, height // 10)))
    light = Image.linear_gradient("L").rotate(chance.choice([0, 90, 180, 270])).resize(size)
    light = light.point([150 + shade * 105 // 255 for shade in range(256)])
    return ImageChops.multiply(photo, Image.merge("RGB", [light] * 3))


def copies(picture: Image.Image) -> Iterator[tuple[str, Image.Image]]:
    """What people and programs do to a photo before they hand it in again."""
    for quality in (90, 60, 40):
        yield f"quality {quality}", saved(picture, quality)
    for percent in (25, 50, 200):
        size = (picture.width * percent // 100, picture.height * percent // 100)
        yield f"scaled to {percent} %", saved(picture.resize(size, Image.Resampling.BOX), 75)
    for change, by in ((ImageEnhance.Brightness, 1.1), (ImageEnhance.Brightness, 0.85)):
        yield f"{change.__name__} {by}", saved(change(picture).enhance(by), 75)
    yield "grey", saved(picture.convert("L").convert("RGB"), 75)
    stretched = picture.resize((picture.width, picture.height * 95 // 100))
    yield "stretched", saved(stretched, 80)
    dated = picture.copy()
    place = (picture.width * 6 // 10, picture.height * 92 // 100)
    ImageDraw.Draw(dated).text(place, "2012-06-30 10:22", font=_font(picture.width // 30), fill=(255, 160, 0))
    yield "dated", saved(dated, 75)


def saved(picture: Image.Image, quality: int) -> Image.Image:
    """The picture after it went through a JPEG."""
    return Image.open(BytesIO(as_jpeg(picture, quality)))


def as_jpeg(picture: Image.Image, quality: int = 90) -> bytes:
    """The bytes of a JPEG."""
    out = BytesIO()
    picture.convert("RGB").save(out, "JPEG", quality=quality)
    return out.getvalue()


def photo(seed: int, *, quality: int = 90, name: str = "现场.jpg") -> Upload:
    """A photo as it is uploaded: another quality, another file of the same photo."""
    return Upload(name, as_jpeg(site(seed), quality))
