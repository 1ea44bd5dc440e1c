"""Product lists in many languages, made of real words, for measuring how well encodings are told apart."""

import random
from collections.abc import Iterator

WORDS = {
    "german": """Kühlschrank Spülmaschine Wäschetrockner Küchenmaschine Büroklammern Schlüsselanhänger Gießkanne Fußmatte
        Handtücher Bettwäsche Kopfhörer Lautsprecher Gürtel Mütze Schuhlöffel Möbelpolitur Tür Glühbirne Öl für Stück groß
        weiß grün schwarz blau mit und Größe Länge Höhe Holz Glas Äpfel Über Übertopf süß""",
    "french": """réfrigérateur lave-vaisselle sèche-linge théière cafetière écouteurs étagère fenêtre boîte bâton gâteau
        hôtel forêt poêle brûleur goût où maïs noël leçon garçon façade œuf cœur sœur pour avec sans noir blanc bleu élégant
        très léger qualité supérieure été hiver Édition Été Écharpe l’eau à""",
    "spanish": """frigorífico lavavajillas cafetera teléfono móvil lámpara sillón cojín colchón sábana paño muñeca niño
        niña otoño baño español azúcar café balón jamón corazón pingüino vergüenza para con sin negro blanco azul pequeño
        tamaño rápido fácil útil calefacción Índice Álbum ¿Cuál?""",
    "italian": """frigorifero lavastoviglie caffè tè città qualità più blu però così perché libertà novità già metà virtù
        università comodità lunedì papà cioè forno piatto bicchiere tazza coperta lampada con per senza nero bianco È""",
    "portuguese": """frigorífico máquina café pão pães calções botões coração maçã irmã manhã lençol lençóis lâmpada
        relógio óculos chapéu guarda-chuva criança algodão sabão chão fogão cama almofada para com sem preto branco azul
        você três mês avô avó água útil fácil Ótimo Álbum""",
    "swedish": """kylskåp diskmaskin tvättmaskin hörlurar högtalare byrå säng stol bord lampa gräsklippare snöskor mössa
        tröja kläder böcker köksbord fåtölj för och med utan svart vit blå grön röd små stor Överkast Ångstrykjärn Äpple""",
    "danish": """køleskab opvaskemaskine tørretumbler høretelefoner højttaler sæbe sække gulvtæppe stol bord lampe sko
        støvler trøje bøger kød æbler øl smør brød for og med uden sort hvid blå grøn rød små stor Åben Øreringe Ærter""",
    "polish": """lodówka zmywarka suszarka słuchawki głośnik krzesło łóżko żarówka ścierka poduszka ręcznik książka
        zabawka długopis żółty świeca mydło gąbka pościel kołdra ćwiczenia źródło koń dzień łańcuch z dla i bez czarny
        biały niebieski mały duży Śruba Łopata Żelazko Ćma wysokość długość""",
    "czech": """lednička myčka sušička sluchátka reproduktor židle postel žárovka polštář ručník kniha hračka pero žlutý
        svíčka mýdlo houba peřina cvičení řemen kůň den řetěz pro a bez černý bílý modrý malý velký Šroub Řemínek Žehlička
        výška délka šířka květináč zahradní nářadí příbor ďábel ťukat""",
    "slovak": """chladnička umývačka sušička slúchadlá reproduktor stolička posteľ žiarovka vankúš uterák kniha hračka pero
        žltý sviečka mydlo špongia perina cvičenie remeň kôň deň reťaz pre a bez čierny biely modrý malý veľký Šnúra Žehlička
        výška dĺžka šírka kvetináč záhradné náradie príbor stĺp vŕtačka""",
    "hungarian": """hűtőszekrény mosogatógép szárítógép fejhallgató hangszóró szék ágy izzó párna törölköző könyv játék toll
        sárga gyertya szappan szivacs paplan gyakorlat öv ló nap lánc és nélkül fekete fehér kék kicsi nagy Ásó Üveg Őszi
        magasság hosszúság szélesség virágcserép kerti szerszám evőeszköz fűnyíró tükör""",
    "romanian": """frigider mașină uscător căști difuzor scaun pat bec pernă prosop carte jucărie pix galben lumânare săpun
        burete plapumă curea cal lanț pentru și fără negru alb albastru mic mare Șurub Țeavă înălțime lungime lățime
        ghiveci unelte grădină tacâmuri oglindă cafea pâine brânză""",
    "croatian": """hladnjak perilica sušilica slušalice zvučnik stolica krevet žarulja jastuk ručnik knjiga igračka olovka
        žuti svijeća sapun spužva poplun vježba remen konj dan lanac za i bez crni bijeli plavi mali veliki Šaraf Žlica
        Čaša visina dužina širina tegla vrtni alat pribor ogledalo kuća đak Đurđica noć""",
    "turkish": """buzdolabı bulaşık makinesi kulaklık hoparlör sandalye yatak ampul yastık havlu kitap oyuncak kalem sarı
        mum sabun sünger yorgan kemer gün zincir için ve siyah beyaz mavi küçük büyük Şişe Çanta İp yükseklik uzunluk
        genişlik saksı bahçe aleti çatal ayna ağaç ışık Ölçü güneş""",
    "russian": """холодильник посудомоечная машина наушники колонка стул кровать лампа подушка полотенце книга игрушка
        ручка жёлтый свеча мыло губка одеяло ремень цепь для и без чёрный белый синий маленький большой Шуруп Щётка высота
        длина ширина горшок садовый инструмент зеркало объём""",
    "japanese": """冷蔵庫 洗濯機 ヘッドホン スピーカー いす ベッド 電球 まくら タオル 本 おもちゃ ペン 黄色 ろうそく せっけん スポンジ
        ふとん ベルト 鎖 黒 白 青 小さい 大きい 高さ 長さ 幅 植木鉢 園芸用品 鏡 お茶 コーヒー 一 木製 ガラス 軽量 防水 高品質""",
    "chinese": """冰箱 洗碗机 耳机 音箱 椅子 床 灯泡 枕头 毛巾 书 玩具 钢笔 黄色 蜡烛 肥皂 海绵 被子 皮带 链条 黑色 白色 蓝色 小 大 高度 长度
        宽度 花盆 园艺 工具 镜子 茶 咖啡 一 木制 玻璃 轻便 防水 高品质 不锈钢 儿童 电子 厨房 家用 运动 手表""",
}
ASCII_WORDS = "Wireless Mouse Pro Basic Set Mini Deluxe USB Cable 2m Black Office Lamp LED Case Classic Sport".split()
WESTERN = ("german", "french", "spanish", "italian", "portuguese", "swedish", "danish")
CENTRAL = ("polish", "czech", "slovak", "hungarian", "romanian", "croatian")
LEGACY = (
    *((language, "cp1252") for language in WESTERN),
    *((language, "mac_roman") for language in WESTERN),
    *((language, "cp1250") for language in CENTRAL),
    *((language, "iso8859-2") for language in CENTRAL),
    ("turkish", "cp1254"),
    ("russian", "cp1251"),
    ("japanese", "cp932"),
    ("chinese", "gb18030"),
)
_HEADER = "vendor_product_id,product_name,category,description,sku,price,stock_quantity"
# Letters that code pages have only in the older way of writing them.
_CODE_PAGE_LETTERS = str.maketrans("șțȘȚ", "şţŞŢ")


def catalogue(language: str, rows: int, local: float, seed: int) -> str:
    """Return a product list of which `local` of the rows are in the language and the others in plain English."""
    chance = random.Random(f"{language} {rows} {local} {seed}")
    return "\r\n".join((_HEADER, *_rows(WORDS[language].split(), rows, local, chance))) + "\r\n"


def _rows(words: list[str], rows: int, local: float, chance: random.Random) -> Iterator[str]:
    local_rows = set(chance.sample(range(rows), max(1, round(rows * local))))
    for number in range(rows):
        pool = words if number in local_rows else ASCII_WORDS
        name = " ".join(chance.choices(pool, k=chance.randint(2, 4)))
        description = " ".join(chance.choices(pool, k=chance.randint(4, 16)))
        price = f"{chance.randint(1, 900)}.{chance.randint(0, 99):02}"
        yield f"P{number:05},{name},Audio,{description},SKU-{number:05},{price},{chance.randint(0, 500)}"


def saved_as(text: str, codec: str) -> bytes:
    """Return the text as a program saves it in this encoding."""
    return text.encode(codec) if codec.startswith("utf") else text.translate(_CODE_PAGE_LETTERS).encode(codec)
