"""The small catalog broken in one place, for each thing that a catalog is held to."""

from tests.support.content.pack import PLAN, PROCEDURE

CONDITIONS = "contraindications.yaml"
DECISION = "    useful_for: P2D\n"
DAY_0 = "    useful_for: PT24H\n"
SPORT = "    useful_for: P1D\n"
DAY_3 = "sport is fine again."
SMS = "{discreet: '{{ clinic_name }}: x', detailed: '{{ clinic_name }}: x'}"

Change = tuple[str, str, str]
"""A file, a text in it, and what it becomes."""

BROKEN: dict[str, tuple[Change, list[str]]] = {
    "an unknown key, with the nearest one": (
        (PROCEDURE, "summary:", "sumary:"),
        [f"{PROCEDURE}:1: the key 'summary' is missing", "did you mean 'summary'?"],
    ),
    "a key that is here twice": (
        (PROCEDURE, "title: Needling\n", "title: Needling\ntitle: Needling\n"),
        [f"{PROCEDURE}:2: the key 'title' is here twice"],
    ),
    "a value that no enumeration has": (
        (PROCEDURE, "evidence: LIMITED", "evidence: LIMITD"),
        ["did you mean LIMITED?"],
    ),
    "text where a number belongs": (
        (PROCEDURE, "value: 4", "value: four"),
        ["'four' does not fit; write a whole number"],
    ),
    "a number that is none": (
        (PROCEDURE, "typical: 2", "typical: nan"),
        ["'nan' does not fit; write a number"],
    ),
    "a value that is not there": (
        (PROCEDURE, "summary: Words about it.", "summary:"),
        [f"{PROCEDURE}:2: nothing is written here"],
    ),
    "a list where text belongs": (
        (PROCEDURE, "summary: Words about it.", "summary: [a, b]"),
        ["write text here, no list and no keys"],
    ),
    "text where a list belongs": (
        (PROCEDURE, "red_flags: [INFECTION]", "red_flags: INFECTION"),
        ["write a list"],
    ),
    "an alias of YAML": (
        (PLAN, "body: [Rest.]", "body: &b [Rest.]\n    asks: *b"),
        ["an anchor is used again by an alias"],
    ),
    "what is not YAML": (
        (PROCEDURE, "title: Needling", "title: [Needling"),
        [f"{PROCEDURE}:1: the list opened here by [ goes wrong"],
    ),
    "an unknown source": (
        (PROCEDURE, 'standing: "NO"\n    sources: [study]', 'standing: "NO"\n    sources: [stdy]'),
        ["unknown source 'stdy'; did you mean 'study'?"],
    ),
    "a claim without a source": (
        (PROCEDURE, 'standing: "NO"\n    sources: [study]', 'standing: "NO"\n    sources: []'),
        ["a claim without a source"],
    ),
    "a source that nobody has looked up": (
        ("sources.yaml", "grade: A", "grade: K"),
        ["sources.yaml:3: a grade is A, B, C or D"],
    ),
    "an unknown concern": (
        (PROCEDURE, "concern: scars", "concern: scar"),
        ["unknown concern 'scar'; did you mean 'scars'?"],
    ),
    "an unknown contraindication": (
        (PROCEDURE, "code: PREGNANCY", "code: PREGNANT"),
        ["unknown contraindication 'PREGNANT'"],
    ),
    "an unknown red flag": (
        (PLAN, "seek_help_if: [INFECTION]", "seek_help_if: [INFECTION, FEVER]"),
        ["unknown red flag 'FEVER'"],
    ),
    "an unknown procedure in a plan": (
        (PLAN, "procedures: [needling]", "procedures: [needling, neddling]"),
        ["unknown procedure 'neddling'; did you mean 'needling'?"],
    ),
    "an unknown procedure in a verdict": (
        ("comparison.yaml", "[needling, polish]", "[needling, polsh]"),
        ["comparison.yaml:3: unknown procedure 'polsh'"],
    ),
    "an unknown parent": (
        (PROCEDURE, "family:", "parent: nobody\nfamily:"),
        ["unknown procedure 'nobody'"],
    ),
    "a procedure that is its own ancestor": (
        (PROCEDURE, "family:", "parent: needling\nfamily:"),
        ["is its own ancestor"],
    ),
    "a verdict on one procedure": (
        ("comparison.yaml", "[needling, polish]", "[needling, needling]"),
        ["a verdict compares"],
    ),
    "a concern named twice": (
        (
            PROCEDURE,
            "treats:\n",
            "treats:\n  - {concern: scars, evidence: LIMITED, sources: [study]}\n",
        ),
        ["'scars' is in treats twice"],
    ),
    "a step's key used twice": (
        (PLAN, "day-3-sport", "day-minus-3-decision"),
        ["'day-minus-3-decision' is in steps twice", "the step is due on day 3"],
    ),
    "one search name for two procedures": (
        (PROCEDURE, "aliases: [needle work]", "aliases: [polish]"),
        ["belongs to procedures/"],
    ),
    "a least above the most": (
        (PROCEDURE, "min: 1, typical: 2, max: 7", "min: 8, typical: 2, max: 7"),
        ["min, typical and max are not in order"],
    ),
    "a figure below zero": (
        (PROCEDURE, "min: 1, typical: 2, max: 7", "min: -1, typical: 2, max: 7"),
        ["a figure below zero"],
    ),
    "a range without a figure": (
        (PROCEDURE, "min: 1, typical: 2, max: 7, ", ""),
        ["no figure at all"],
    ),
    "an invasiveness off the scale": (
        (PROCEDURE, "value: 4", "value: 11"),
        ["invasiveness goes from 1 (least) to 10 (most)"],
    ),
    "a discomfort off the scale": (
        (PROCEDURE, "  downtime:", "  discomfort: {max: 11, sources: [study]}\n  downtime:"),
        ["discomfort goes from 0 to 10"],
    ),
    "a price from high to low": (
        (PROCEDURE, "min: 100, max: 200", "min: 300, max: 200"),
        ["min must be above zero and not above max"],
    ),
    "an unknown way to write a currency": (
        (PROCEDURE, "currency: USD", "currency: $"),
        ["write a currency by its three letters"],
    ),
    "a review that was due": (
        (PROCEDURE, "review_by: 2031-06-01", "review_by: 2029-12-31"),
        [f"{PROCEDURE}:4: the review was due by 2029-12-31"],
    ),
    "a review due before the last one": (
        (PROCEDURE, "reviewed_at: 2029-06-01", "reviewed_at: 2032-06-01"),
        ["must be later than reviewed_at"],
    ),
    "HTML in text": (
        (PROCEDURE, "It **works**.", "It <script>works</script>."),
        ["HTML (<script>) is not allowed", "HTML (</script>) is not allowed"],
    ),
    "an image in text": (
        (PROCEDURE, "It **works**.", "'![x](https://a.test/x.png)'"),
        ["an image is not allowed"],
    ),
    "a link that is not https": (
        (PROCEDURE, "It **works**.", "'[here](http://a.test)'"),
        ["the link to http://a.test is not https"],
    ),
    "a duration that cannot be read": (
        (PLAN, "after: PT0S", "after: 0 hours"),
        ["'0 hours' is not a duration"],
    ),
    "a message useful for no time": (
        (PLAN, "useful_for: P1D", "useful_for: PT0S"),
        ["a message must be useful for some time"],
    ),
    "a time of day that is none": (
        (PLAN, 'at: "10:00"', "at: 10:75"),
        ["'10:75' is no time"],
    ),
    "a time when people sleep": (
        (PLAN, 'at: "10:00"', 'at: "06:00"'),
        ["nobody is written to outside 08:00-21:00"],
    ),
    "a step without a due time": (
        (PLAN, '    day: 3\n    at: "10:00"\n', ""),
        ["no due time"],
    ),
    "a step with two due times": (
        (PLAN, "    day: 3\n", "    day: 3\n    after: PT72H\n"),
        ["two due times"],
    ),
    "a key that names another day": (
        (PLAN, "day-3-sport", "day-4-sport"),
        ["the step is due on day 3"],
    ),
    "a key without a day": (
        (PLAN, "day-3-sport", "sport"),
        ["'sport' is no step's key"],
    ),
    "preparation after the procedure": (
        (PLAN, "kind: CARE\n    title: Sport", "kind: PREPARE\n    title: Sport"),
        ["PREPARE is before the procedure"],
    ),
    "rebooking that calls itself care": (
        (PLAN, "kind: CARE\n    title: Sport", "kind: REBOOK\n    title: Sport"),
        ["a step of kind REBOOK has the purpose MARKETING"],
    ),
    "a plan version below one": (
        (PLAN, "version: 1", "version: 0"),
        ["versions count from 1"],
    ),
    "a plan without a day-0 message": (
        (
            PLAN,
            "kind: CARE\n    title: What to expect",
            "kind: FOLLOW_UP\n    title: What to expect",
        ),
        ["no CARE step on day 0"],
    ),
    "a red flag missing from the day-0 step": (
        (PLAN, "    seek_help_if: [INFECTION]\n", ""),
        ["the red flag INFECTION is missing on day 0"],
    ),
    "a red flag missing from a day-0 SMS": (
        (PLAN, "rest. Fever or pus?", "rest. Fever?"),
        ["the red flag INFECTION is missing; write 'fever or pus'"],
    ),
    "a red flag missing from a day-0 email": (
        (PLAN, "fever or pus? Call", "fever? Call"),
        ["the red flag INFECTION is missing; write 'fever or pus'"],
    ),
    "a day-0 message that shows no emergency number": (
        (PLAN, "emergency {{ emergency_number }}.", "bye."),
        ["show {{ emergency_number }} outside any if"],
    ),
    "a day-0 message that shows the phone only sometimes": (
        (
            PLAN,
            "Call {{ clinic_phone }};",
            "{% if patient_name %}{{ clinic_phone }}{% endif %} e",
        ),
        ["show {{ clinic_phone }} outside any if"],
    ),
    "a day-0 email that tells no hours": (
        (PLAN, "{% if clinic_hours %}{{ clinic_hours }}{% endif %}", ""),
        ["show {{ clinic_hours }} within {% if clinic_hours %}"],
    ),
    "a day-0 email that tells hours that may be none": (
        (PLAN, "{% if clinic_hours %}{{ clinic_hours }}{% endif %}", "{{ clinic_hours }}"),
        [
            "show {{ clinic_hours }} within {% if clinic_hours %}",
            "show clinic_hours inside {% if clinic_hours %}",
        ],
    ),
    "a day-0 email that says nothing of when it is closed": (
        (PLAN, "{% if out_of_hours %}{{ out_of_hours }}{% endif %}", ""),
        ["show {{ out_of_hours }} within {% if out_of_hours %}"],
    ),
    "a text that is too long only where no hours are known": (
        (
            PLAN,
            "rest. Fever",
            "rest. {% if not clinic_hours %}" + 60 * "Rest! " + "{% endif %}Fever",
        ),
        ["SMS parts, filled in and with the opt-out line"],
    ),
    "an unknown template variable": (
        (PLAN, DAY_3, "sport is fine, {{ patient_nam }}."),
        ["unknown variable 'patient_nam'; did you mean patient_name?"],
    ),
    "a template that is not closed": (
        (PLAN, DAY_3, "sport is fine, {{ clinic_name."),
        ["the braces are wrong; write {{ name }}"],
    ),
    "a template that does more than show": (
        (PLAN, DAY_3, "sport is fine, {{ clinic_name|upper }}."),
        ["a | within braces is more than a message may use"],
    ),
    "a template that reaches into a value": (
        (PLAN, DAY_3, "sport is fine, {{ clinic_name.__class__ }}."),
        ["a dot within braces is more than a message may use"],
    ),
    "end_of without a duration": (
        (PLAN, "end_of('PT24H')", "end_of('a day')"),
        ["'a day' is not a duration"],
    ),
    "a message that hides who writes": (
        (PLAN, '"{{ clinic_name }}: sport', '"Sport'),
        ['begin with "{{ clinic_name }}"'],
    ),
    "an SMS over its budget": (
        (PLAN, DAY_3, "sport is fine again. " + "Rest well. " * 12),
        ["takes 2 SMS parts, filled in and with the opt-out line; 1 are allowed"],
    ),
    "an SMS with a budget of many parts": (
        (PLAN, "max_segments: 1", "max_segments: 5"),
        ["an SMS may have 1 to 4 parts"],
    ),
    "a character that doubles an SMS": (
        (PLAN, DAY_3, "sport’s fine again."),
        ["’ is not in the SMS alphabet"],
    ),
    "a discreet message that names the procedure": (
        (PLAN, DAY_3, "sport is fine after needling."),
        ["'needling' gives a discreet message away"],
    ),
    "a discreet message that names a concern's alias": (
        (PLAN, DAY_3, "sport is fine with Pockmarks."),
        ["'pockmarks' gives a discreet message away"],
    ),
    "a discreet message that names a part of the body": (
        (PLAN, DAY_3, "sport is fine, mind your face."),
        ["'face' gives a discreet message away"],
    ),
    "a discreet subject that names the procedure": (
        (PLAN, "please rest", "after needling"),
        ["'needling' gives a discreet message away"],
    ),
    "a message that tells to stop a medicine": (
        (PLAN, DAY_3, "sport is fine. Stop your aspirin."),
        ["tells a patient to stop or start a medicine ('Stop your aspirin')"],
    ),
    "a message that tells of numbing at home": (
        (PLAN, DAY_3, "sport is fine. Bring your numbing cream."),
        ["'numbing cream' is put on at the clinic only"],
    ),
    "a page that tells of numbing at home": (
        (PLAN, "Sport is fine.", "Numbing cream helps."),
        ["'numbing cream' is put on at the clinic only"],
    ),
    "a message that tells a dose": (
        (PLAN, DAY_3, "sport is fine. Two times 500 mg a day."),
        ["'500 mg' is a dose"],
    ),
    "an interval of which nobody says how sure it is": (
        (PLAN, "    sources: [study]\n    spread: One study.\n", "    sources: [study]\n"),
        ["add spread"],
    ),
    "a condition that nobody decides on": (
        (CONDITIONS, "Are you pregnant?", "Are you pregnant?\n  needs_decision: true"),
        [f"{PLAN}:7: nobody decides on PREGNANCY before"],
    ),
    "a condition that nobody asks about again": (
        (CONDITIONS, "Are you pregnant?", "Are you pregnant?\n  asked_again: true"),
        [f"{PLAN}:7: nobody asks about PREGNANCY in the last 3 days"],
    ),
    "a decision on an unknown condition": (
        (PLAN, "    useful_for: P2D\n", "    useful_for: P2D\n    decides: [PREGNANT]\n"),
        ["unknown contraindication 'PREGNANT'; did you mean 'PREGNANCY'?"],
    ),
    "a page that tells to start a medicine": (
        (PLAN, "Sport is fine.", "Start the tablets today."),
        ["tells a patient to stop or start a medicine"],
    ),
    "an advertisement in care": (
        (PLAN, DAY_3, "sport is fine. A discount waits."),
        ["'discount' advertises in a care message"],
    ),
    "a rule's words taken away": (
        ("wording.yaml", "[discount, book now]", "[]"),
        ["promotional is empty"],
    ),
    "hours that a clinic may not have": (
        (PLAN, DAY_3, f"{DAY_3} {{{{ clinic_hours }}}}"),
        ["show clinic_hours inside {% if clinic_hours %}"],
    ),
    "a freedom in another way than the step is timed": (
        (PLAN, SPORT, f"{SPORT}    clinics_may: {{latest: P4D}}\n"),
        ["does not fit how the step is timed; write earliest_day and latest_day"],
    ),
    "a freedom that leaves out the step's own time": (
        (PLAN, SPORT, f"{SPORT}    clinics_may: {{earliest_day: 4, latest_day: 5}}\n"),
        ["the step's own time lies outside"],
    ),
    "a freedom that cannot be read": (
        (PLAN, SPORT, f"{SPORT}    clinics_may: {{latest_day: 9999}}\n"),
        ["day 9999 is more than ten years away"],
    ),
    "a freedom to end a wait early": (
        (PLAN, SPORT, f"{SPORT}    clinics_may: {{earliest_day: 2}}\n"),
        ["care may end a wait, and sooner is less careful"],
    ),
    "a freedom to prepare late": (
        (PLAN, DECISION, f"{DECISION}    clinics_may: {{latest_day: -2}}\n"),
        ["a preparation begun later is less careful"],
    ),
    "a freedom to tell red flags later": (
        (PLAN, DAY_0, f"{DAY_0}    clinics_may: {{latest: PT2H}}\n"),
        ["patients are told or asked of red flags then; clinics may not move it"],
    ),
    "a freedom to leave red flags out": (
        (PLAN, DAY_0, f"{DAY_0}    clinics_may: {{leave_out: true}}\n"),
        ["patients are told or asked of red flags then; it may not be left out"],
    ),
    "a freedom to leave out a step with red flags": (
        (
            PLAN,
            SPORT,
            f"{SPORT}    seek_help_if: [INFECTION]\n    clinics_may: {{leave_out: true}}\n",
        ),
        ["the step names red flags; it may not be left out"],
    ),
    "a freedom to leave out a decision": (
        (
            PLAN,
            DECISION,
            f"{DECISION}    decides: [PREGNANCY]\n    clinics_may: {{leave_out: true}}\n",
        ),
        ["finds out what may rule the procedure out; it may not be left out"],
    ),
    "a day that no plan has": (
        (PLAN, "day: -3", "day: -9999"),
        ["day -9999 is more than ten years away"],
    ),
    "a clinician's task that would be sent": (
        (PLAN, "    useful_for: P2D\n", f"    useful_for: P2D\n    messages: {{sms: {SMS}}}\n"),
        ["a clinician's task is not sent"],
    ),
    "a step that says nothing to anybody": (
        (PLAN, "kind: CLINICIAN_TASK", "kind: PREPARE"),
        ["nothing is sent; add messages"],
    ),
}
