"""Sentences about rosters: what is wrong in a row or a file, and how to put it right."""

from __future__ import annotations

from icme_tui.commands.words import _

AS_TEXT = _(
    "How to save a column as text: set it to the format Text first (in Excel: select the column, Ctrl+1,"
    " Text), then enter the numbers anew from the cards. 'icme roster template' makes a sheet of such"
    " columns."
)
AS_TEXT_HELPS = frozenset({"ID_ROUNDED", "ID_SCIENTIFIC", "ID_ZEROED"})

FILES = {
    "HEADINGS_NONE": _(
        "No row of {file} has the headings of a roster (looked in: {looked_in}). It needs one with at"
        " least 姓名, 身份证号, 科室 and 职称; 'icme roster template FILE.xlsx' makes one."
    ),
    "HEADING_DOUBLE": _(
        "The heading '{heading}' stands over several columns of {file}: {columns} in row {row}. Rename or"
        " delete all but one (the employed title is called 聘任职称)."
    ),
    "HEADING_MISSING": _(
        "A required heading is missing in row {row} of {file}: {headings}. Add the column, or name it so."
    ),
    "ROSTER_REFUSED": _("{errors} errors in {rows} rows of {file}: nothing was imported."),
    "ROSTER_STALE": _("The store has changed since {file} was checked. Import it again."),
    "SHEETS_SEVERAL": _("Several sheets of {file} are rosters: {sheets}. Name one with --sheet."),
    "SHEET_EXISTS": _("There is a file {file} already. Choose another name, or use --force."),
    "SHEET_NOT_THERE": _("{file} has no sheet '{sheet}'. It has: {sheets}."),
    "SHEET_NOT_WRITTEN": _("{file} could not be written: {reason}."),
}

ROWS = {
    "BORN_DISAGREES": _("The birth date disagrees with the ID number. Correct the one that is wrong."),
    "BORN_FORM": _(
        "The birth date cannot be read; the one in the ID number is taken. Write it as 1980-03-21."
    ),
    "BORN_NO_SUCH_DAY": _("There is no such day. Correct the birth date."),
    "CELL_ERROR": _("The cell shows the error of a formula. Put the value there."),
    "DATE_AMBIGUOUS": _("The date can be read in two ways. Write it as 2020-03-01."),
    "DATE_BEFORE_BIRTH": _("This day lies before the person's birth. Correct it."),
    "DATE_FORM": _("This is no date. Write it as 2020-03-01."),
    "DATE_FUTURE": _("This day is still to come. Look whether it is right."),
    "DATE_NONE_SUCH": _("There is no such day. Correct it."),
    "DEGREE_UNKNOWN": _(
        "This degree is not in the table, so it is left out. Usual are 学士, 硕士, 博士, 无."
    ),
    "EDUCATION_UNKNOWN": _(
        "This education is not in the table, so it is left out. Usual are 中专, 大专, 本科,"
        " 硕士研究生, 博士研究生."
    ),
    "ID_CHECK": _(
        "The check digit of the ID number is wrong: one of its characters is. Compare it with the card."
    ),
    "ID_DATE": _("The birth date inside the ID number is no possible day. Compare it with the card."),
    "ID_DOUBLE": _("The same ID number as in row {other}. Delete one of the rows, or correct the number."),
    "ID_FORM": _("This is no ID number: it has 17 digits and a last digit or X. Compare it with the card."),
    "ID_IN_STORE_TWICE": _("Several people of the store have this ID number: {people}. Merge them first."),
    "ID_MISSING": _("The ID number is missing. Fill it in."),
    "ID_OLD_FORM": _(
        "An ID number of 15 digits; it was turned into the one of 18. Compare it with the card."
    ),
    "ID_REGION": _("The first six digits are the code of no region that is known. Compare it with the card."),
    "ID_ROUNDED": _(
        "The number lost its digits in a spreadsheet, which keeps 15. Save the column as text, enter it anew."
    ),
    "ID_SCIENTIFIC": _(
        "The number lost its digits in a spreadsheet: 3.2E+17. Save the column as text, enter it anew."
    ),
    "ID_ZEROED": _("A spreadsheet set the last three digits to 000. Save the column as text, enter it anew."),
    "ID_ZEROS": _("The number ends in 000 as if a spreadsheet had rounded it. Compare it with the card."),
    "NAME_CHANGES": _("The store has the name {old} for this ID number. Look whether it is the same person."),
    "NAME_CONTROL": _("The name holds a control character. Type it again."),
    "NAME_DIGIT": _("The name holds a digit. Look whether it belongs there."),
    "NAME_FORMULA": _("A formula stands where a name belongs. Type the name."),
    "NAME_LONG": _("The name is longer than 60 characters. Shorten it."),
    "NAME_LOST_CHARACTER": _(
        "A character of the name was lost. Type it again, and save the file as xlsx or 'CSV UTF-8'."
    ),
    "NAME_MISSING": _("The name is missing. Fill it in."),
    "NAME_NO_LETTER": _("The name holds no letter. Type the name."),
    "NAME_ONE_CHARACTER": _("The name is one character long. Look whether something is missing."),
    "NAME_ONE_LETTER": _("A name of one Latin letter, such as a formula leaves. Type the name."),
    "NAME_PRIVATE": _("A character of the name shows on few computers only. Take the one of Unicode, or 〇."),
    "NAME_SYMBOL": _("The name holds a picture. Look whether it belongs there."),
    "PHONE_FORM": _("This is no usual telephone number; it is kept as it is. Look whether it is right."),
    "ROSTER_EMPTY": _("There are no people under the headings."),
    "SEX_DISAGREES": _("The sex disagrees with the ID number. Correct the one that is wrong."),
    "SEX_FORM": _("The sex is neither 男 nor 女. Correct it, or leave it empty."),
    "SPECIALTY_CONTROL": _("The specialty holds a control character. Type it again."),
    "SPECIALTY_FORMULA": _("A formula stands where a specialty belongs. Type the specialty."),
    "SPECIALTY_LONG": _("The specialty is longer than 60 characters. Shorten it."),
    "TITLE_MISSING": _("The title is missing. Fill it in; write 无 for somebody without one."),
    "TITLE_UNKNOWN": _("Unknown title: it is not in the table (GB/T 8561). Correct it; 无 is for none."),
    "TOTAL_DIFFERS": _(
        "The list states {value} people, and {people} were found above. Look what is missing."
    ),
    "UNIT_AMBIGUOUS": _("Several units have this name. Write one of: {units}."),
    "UNIT_CONTROL": _("The name of the department holds a control character. Type it again."),
    "UNIT_FORMULA": _("A formula stands where a department belongs. Type its name."),
    "UNIT_LONG": _("The name of the department is longer than 60 characters. Shorten it."),
    "UNIT_MISSING": _("The department is missing. Fill it in."),
    "UNIT_UNKNOWN": _("Unknown department. Correct it, or create the new ones with --create-units."),
    "UNIT_UNUSUAL": _(
        "Unknown department, and no usual name of one: it would be created. Look whether it is right."
    ),
}

SUGGESTION = _("Is {suggestion} meant?")

FIELDS = {
    "name": _("name"),
    "idno": _("ID number"),
    "unit": _("department"),
    "title": _("title"),
    "sex": _("sex"),
    "born": _("birth date"),
    "employed_title": _("employed title"),
    "employed_on": _("employed on"),
    "education": _("education"),
    "degree": _("degree"),
    "specialty": _("specialty"),
    "phone": _("telephone"),
}

REMARKS = _("Findings")
FORM_SHEET = "人员名册"
NOTES_SHEET = "填写说明"

NOTES = (
    _("Fill in the first sheet: one row for each person. Columns with * must be filled in."),
    _("身份证号 and 手机号码 are columns of text. If you paste numbers into them, paste values only."),
    _("Sex and birth date may stay empty: they follow from the ID number. If filled in, they must agree."),
    _("科室: write each department always in the same way. Two of one name: 上级/科室."),
    _("职称 is the title held by certificate, 聘任职称 the one somebody is employed at. Without: 无."),
    _("Dates as 2020-03-01."),
    _("An empty cell changes nothing of what is known already. Nobody is removed by an import."),
    _("More columns may follow; they are not read."),
)

HINTS = {
    "idno": _("18 characters, as text"),
    "born": _("2020-03-01; may stay empty"),
    "employed_on": _("2020-03-01"),
    "title": _("as on the certificate; 无 for none"),
}
