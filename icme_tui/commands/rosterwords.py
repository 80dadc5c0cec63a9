"""Sentences about rosters: what is wrong in a row or a file, and how to put it right."""

from __future__ import annotations

from icme_tui.commands.words import N_

AS_TEXT = N_(
    "How to save a column as text: set it to the format Text first (in Excel: select the column, Ctrl+1,"
    " Text), then enter the numbers anew from the cards. 'icme roster template' makes a sheet of such"
    " columns."
)
AS_TEXT_HELPS = frozenset({"ID_ROUNDED", "ID_SCIENTIFIC", "ID_ZEROED"})

FILES = {
    "HEADINGS_NONE": N_(
        "No row of {file} has the headings of a roster (looked in: {looked_in}). It needs one with at"
        " least 姓名, 身份证号, 科室 and 职称; 'icme roster template FILE.xlsx' makes one."
    ),
    "HEADING_DOUBLE": N_(
        "The heading '{heading}' stands over several columns of {file}: {columns} in row {row}. Rename or"
        " delete all but one (the employed title is called 聘任职称)."
    ),
    "HEADING_MISSING": N_(
        "A required heading is missing in row {row} of {file}: {headings}. Add the column, or name it so."
    ),
    "ROSTER_REFUSED": N_("{errors} errors in {rows} rows of {file}: nothing was imported."),
    "ROSTER_STALE": N_("The store has changed since {file} was checked. Import it again."),
    "SHEETS_SEVERAL": N_("Several sheets of {file} are rosters: {sheets}. Name one with --sheet."),
    "SHEET_EXISTS": N_("There is a file {file} already. Choose another name, or use --force."),
    "SHEET_NOT_THERE": N_("{file} has no sheet '{sheet}'. It has: {sheets}."),
    "SHEET_NOT_WRITTEN": N_("{file} could not be written: {reason}."),
}

ROWS = {
    "BORN_DISAGREES": N_("The birth date disagrees with the ID number. Correct the one that is wrong."),
    "BORN_FORM": N_(
        "The birth date cannot be read; the one in the ID number is taken. Write it as 1980-03-21."
    ),
    "BORN_NO_SUCH_DAY": N_("There is no such day. Correct the birth date."),
    "CELL_ERROR": N_("The cell shows the error of a formula. Put the value there."),
    "DATE_AMBIGUOUS": N_("The date can be read in two ways. Write it as 2020-03-01."),
    "DATE_BEFORE_BIRTH": N_("This day lies before the person's birth. Correct it."),
    "DATE_FORM": N_("This is no date. Write it as 2020-03-01."),
    "DATE_FUTURE": N_("This day is still to come. Look whether it is right."),
    "DATE_NONE_SUCH": N_("There is no such day. Correct it."),
    "DEGREE_UNKNOWN": N_(
        "This degree is not in the table, so it is left out. Usual are 学士, 硕士, 博士, 无."
    ),
    "EDUCATION_UNKNOWN": N_(
        "This education is not in the table, so it is left out. Usual are 中专, 大专, 本科,"
        " 硕士研究生, 博士研究生."
    ),
    "ID_CHECK": N_(
        "The check digit of the ID number is wrong: one of its characters is. Compare it with the card."
    ),
    "ID_DATE": N_("The birth date inside the ID number is no possible day. Compare it with the card."),
    "ID_DOUBLE": N_("The same ID number as in row {other}. Delete one of the rows, or correct the number."),
    "ID_FORM": N_("This is no ID number: one has 17 digits, then a digit or X. Compare it with the card."),
    "ID_IN_STORE_TWICE": N_("Several people of the store have this ID number: {people}. Merge them first."),
    "ID_MISSING": N_("The ID number is missing. Fill it in."),
    "ID_OLD_FORM": N_(
        "An ID number of 15 digits; it was turned into the one of 18. Compare it with the card."
    ),
    "ID_REGION": N_(
        "The first six digits are the code of no region that is known. Compare it with the card."
    ),
    "ID_ROUNDED": N_(
        "The number lost its digits in a spreadsheet, which keeps 15. Save the column as text, enter it anew."
    ),
    "ID_SCIENTIFIC": N_(
        "The number lost its digits in a spreadsheet: 3.2E+17. Save the column as text, enter it anew."
    ),
    "ID_ZEROED": N_(
        "A spreadsheet set the last three digits to 000. Save the column as text, enter it anew."
    ),
    "ID_ZEROS": N_("The number ends in 000 as if a spreadsheet had rounded it. Compare it with the card."),
    "NAME_CHANGES": N_(
        "The store has the name {old} for this ID number. Look whether it is the same person."
    ),
    "NAME_CONTROL": N_("The name holds a control character. Type it again."),
    "NAME_DIGIT": N_("The name holds a digit. Look whether it belongs there."),
    "NAME_FORMULA": N_("A formula stands where a name belongs. Type the name."),
    "NAME_LONG": N_("The name is longer than 60 characters. Shorten it."),
    "NAME_LOST_CHARACTER": N_(
        "A character of the name was lost. Type it again, and save the file as xlsx or 'CSV UTF-8'."
    ),
    "NAME_MISSING": N_("The name is missing. Fill it in."),
    "NAME_NO_LETTER": N_("The name holds no letter. Type the name."),
    "NAME_ONE_CHARACTER": N_("The name is one character long. Look whether something is missing."),
    "NAME_ONE_LETTER": N_("A name of one Latin letter, such as a formula leaves. Type the name."),
    "NAME_PRIVATE": N_(
        "A character of the name shows on few computers only. Take the one of Unicode, or 〇."
    ),
    "NAME_SYMBOL": N_("The name holds a picture. Look whether it belongs there."),
    "PERSON_OUTSIDE": N_(
        "{people} of {units} has this name and ID number, and is not of this venue. Only the office changes"
        " such people: take the row out."
    ),
    "PHONE_FORM": N_("This is no usual telephone number; it is kept as it is. Look whether it is right."),
    "ROSTER_EMPTY": N_("There are no people under the headings."),
    "SEX_DISAGREES": N_("The sex disagrees with the ID number. Correct the one that is wrong."),
    "SEX_FORM": N_("The sex is neither 男 nor 女. Correct it, or leave it empty."),
    "SPECIALTY_CONTROL": N_("The specialty holds a control character. Type it again."),
    "SPECIALTY_FORMULA": N_("A formula stands where a specialty belongs. Type the specialty."),
    "SPECIALTY_LONG": N_("The specialty is longer than 60 characters. Shorten it."),
    "TITLE_MISSING": N_("The job title is missing. Fill it in; write 无 for somebody without one."),
    "TITLE_UNKNOWN": N_("Unknown title: it is not in the table (GB/T 8561). Correct it; 无 is for none."),
    "TOTAL_DIFFERS": N_(
        "The list states {value} people, and {people} were found above. Look what is missing."
    ),
    "UNIT_AMBIGUOUS": N_("Several units have this name. Write one of: {units}."),
    "UNIT_CONTROL": N_("The name of the department holds a control character. Type it again."),
    "UNIT_FORMULA": N_("A formula stands where a department belongs. Type its name."),
    "UNIT_LONG": N_("The name of the department is longer than 60 characters. Shorten it."),
    "UNIT_MISSING": N_("The unit is missing. Fill it in."),
    "UNIT_OUTSIDE": N_(
        "This department is not one of this venue's. Name one of its own, or make one here with"
        " --create-units."
    ),
    "UNIT_UNKNOWN": N_(
        "Unknown department. Correct it, or have the new ones created (--create-units; on the screen: u)."
    ),
    "UNIT_UNUSUAL": N_(
        "Unknown department, and no usual name of one: it would be created. Look whether it is right."
    ),
}

SUGGESTION = N_("Is {suggestion} meant?")

FIELDS = {
    "name": N_("name"),
    "idno": N_("ID number"),
    "unit": N_("department"),
    "title": N_("title"),
    "sex": N_("sex"),
    "born": N_("birth date"),
    "employed_title": N_("employed title"),
    "employed_on": N_("employed on"),
    "education": N_("education"),
    "degree": N_("degree"),
    "specialty": N_("specialty"),
    "phone": N_("telephone"),
}

REMARKS = N_("Findings")
FORM_SHEET = "人员名册"
NOTES_SHEET = "填写说明"

NOTES = (
    N_("Fill in the first sheet: one row for each person. Columns with * must be filled in."),
    N_("身份证号 and 手机号码 are columns of text. If you paste numbers into them, paste values only."),
    N_("Sex and birth date may stay empty: they follow from the ID number. If filled in, they must agree."),
    N_("科室: write each department always in the same way. Two of one name: 上级/科室."),
    N_("职称 is the title held by certificate, 聘任职称 the one somebody is employed at. Without: 无."),
    N_("Dates as 2020-03-01."),
    N_("An empty cell changes nothing of what is known already. Nobody is removed by an import."),
    N_("More columns may follow; they are not read."),
)

HINTS = {
    "idno": N_("18 characters, as text"),
    "born": N_("2020-03-01; may stay empty"),
    "employed_on": N_("2020-03-01"),
    "title": N_("as on the certificate; 无 for none"),
}
