"""One small upload in each official layout: its files, the year it is of, and the US$ it holds."""

import io
import json

import openpyxl
from builders import SMALL_ICIO

MAGNETS = "850511"


def lines(*rows):
    return ("\n".join(rows) + "\n").encode()


def workbook(**sheets):
    book = openpyxl.Workbook()
    book.remove(book.active)
    for name, rows in sheets.items():
        sheet = book.create_sheet(name.replace("_", " "))
        for row in rows:
            sheet.append(row)
    sink = io.BytesIO()
    book.save(sink)
    return sink.getvalue()


BACI = {"BACI_HS22_Y2023_V202501.csv": lines("t,i,j,k,v,q", f"2023,156,842,{MAGNETS},3.000,1", "2023,484,842,10121,1,")}
LEGACY = lines(
    "Classification,Year,Period,Aggregate Level,Trade Flow Code,Trade Flow,Reporter Code,Reporter,Reporter ISO,"
    "Partner Code,Partner,Partner ISO,Commodity Code,Commodity,Trade Value (US$),Flag",
    f"H5,2017,2017,6,1,Import,842,USA,USA,0,World,WLD,{MAGNETS},Magnets,4000,0",
    f"H5,2017,2017,6,1,Import,842,USA,USA,156,China,CHN,{MAGNETS},Magnets,3000,0",
    f"H5,2017,2017,6,1,Import,842,USA,USA,484,Mexico,MEX,{MAGNETS},Magnets,1000,0",
)
NEW = lines(
    "refYear,period,reporterCode,reporterISO,flowCode,flowDesc,partnerCode,partnerISO,partner2Code,classificationCode,"
    "cmdCode,cmdDesc,customsCode,mosCode,motCode,qty,primaryValue",
    f"2023,2023,842,USA,M,Import,0,W00,0,H6,{MAGNETS},Magnets,C00,0,0,5,4000,",
    f"2023,2023,842,USA,M,Import,156,CHN,0,H6,{MAGNETS},Magnets,C00,0,0,5,3000,",
    f"2023,2023,842,USA,M,Import,484,MEX,0,H6,{MAGNETS},Magnets,C00,0,0,5,1000,",
)
CENSUS = ["CTY_CODE", "CTY_NAME", "I_COMMODITY", "I_COMMODITY_SDESC", "CON_VAL_YR", "CAL_DUT_YR", "time"]
MONTH = [
    ["5700", "CHINA", "8505110000", "MAGNETS", "3000", "300", "2024-12"],
    ["2010", "MEXICO", "8505110000", "MAGNETS", "1000", "0", "2024-12"],
]
DATAWEB = ("Data Type", "HTS Number", "Country", "Year", "Month", "Description", "Customs Value")
HTS = lines(
    "HTS Number,Indent,Description,Unit of Quantity,General Rate of Duty,Special Rate of Duty,Column 2 Rate of Duty",
    '8505.11.00,2,Magnets,"[""No.""]",2%,"Free (AU,BH)",35%',
    '0101.21.00,2,Horses,"[""No.""]",Free,,20%',
)
TRADE = lines(
    "Nomenclature,ReporterISO3,ProductCode,ReporterName,PartnerISO3,PartnerName,Year,TradeFlowName,TradeFlowCode,"
    "TradeValue in 1000 USD",
    f"H5,USA,{MAGNETS},United States,WLD,World,2023,Gross Imports,5,4",
    f"H5,USA,{MAGNETS},United States,CHN,China,2023,Gross Imports,5,3",
    f"H5,USA,{MAGNETS},United States,MEX,Mexico,2023,Gross Imports,5,1",
)
TARIFFS = lines(
    "Native Nomen,Reporter,Reporter Name,Product,Product Name,Partner,Partner Name,Tariff Year,DutyType,Simple Average,"
    "Weighted Average",
    f"H5,840,United States,{MAGNETS},Magnets,000,World,2023,AHS,2.1,2",
)
WIOD = lines(
    "IndustryCode,IndustryDescription,Country,RNr,Year,USA1,USA2,CHN1,CHN2,USA3,USA4,CHN3,CHN4,TOT",
    "A01,Crops,USA,1,2014,10,5,4,1,45,5,30,0,100",
    "H49,Land transport,USA,2,2014,20,10,0,0,70,0,0,0,100",
    "A01,Crops,CHN,1,2014,6,5,40,10,30,9,90,10,200",
    "H49,Land transport,CHN,2,2014,4,0,20,10,0,0,16,0,50",
    "VA,Value added,TOT,70,2014,60,80,136,29,0,0,0,0,0",
)

UPLOADS = {
    "baci": (BACI, 2023, 4e3),
    "comtrade as it was": ({"comtrade.csv": LEGACY}, 2017, 4e3),
    "comtrade": ({"TradeData.csv": NEW}, 2023, 4e3),
    "census api, json": ({"imports.json": json.dumps([CENSUS, *MONTH]).encode()}, 2024, 4e3),
    "census api, csv": ({"imports.csv": lines(",".join(CENSUS), *(",".join(row) for row in MONTH))}, 2024, 4e3),
    "usa trade online": (
        {
            "report.csv": lines(
                "Commodity,Country,District,Time,Customs  Value (Cons) ($US)",
                '"8505110000 Magnets (no)",China,All Districts,2024,"3,000",',
                '"8505110000 Magnets (no)","Korea, South",All Districts,2024,"1,000",',
                '"8505110000 Magnets (no)",World Total,All Districts,2024,"4,000",',
            )
        },
        2024,
        4e3,
    ),
    "dataweb": (
        {
            "report.xlsx": workbook(
                Query_Parameters=[("Trade Flow", "Imports for Consumption")],
                Customs_Value=[
                    DATAWEB,
                    ("Customs Value", MAGNETS, "China", 2024, 12, "MAGNETS", 3000.0),
                    ("Customs Value", MAGNETS, "Mexico", 2024, 12, "MAGNETS", 1000.0),
                    ("Total: ", "", "", "", "", "", "4,000"),
                ],
            )
        },
        2024,
        4e3,
    ),
    "wits, trade": ({"DataJobID-1.csv": TRADE}, 2023, 4e3),
    "wits, tariffs beside trade": ({"DataJobID-1.csv": TRADE, "DataJobID-2.csv": TARIFFS}, 2023, 4e3),
    "hts beside trade": ({**BACI, "htsdata.csv": HTS}, 2023, 4e3),
    "icio": ({"2020_SML.csv": SMALL_ICIO.encode()}, 2020, 450e6),
    "wiod": ({"WIOT2014_wide.csv": WIOD}, 2014, 450e6),
}
