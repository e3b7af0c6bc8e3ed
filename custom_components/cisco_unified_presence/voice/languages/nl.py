"""Dutch."""

from ..language import IntentType, Language, Speech, phrase

DUTCH = Language(
    folders=("nl",),
    honorifics="meneer|mevrouw|mijnheer|dokter",
    presences={
        "available": "(beschikbaar|vrij|bereikbaar)",
        "busy": "(bezet|bezig|druk|in gesprek|in een vergadering|in vergadering)",
        "do_not_disturb": "(niet storen|niet te storen)",
        "away": "(afwezig|weg|er niet)",
        "vacation": "[op |met ](vakantie|verlof)",
        "offline": "(offline|afgemeld|uitgelogd)",
    },
    ends=(
        phrase(
            "[voor] [de komende] {minutes} (minuut|minuten) [lang]",
            "[voor] [de komende] {hours} uur [lang]",
            "[voor] {hours} uur [en] {minutes} (minuut|minuten)",
            "tot {hour} [uur]",
            "tot {hour} uur {minute}",
            "tot {hour}(:|.){minute} [uur]",
        ),
        phrase("[voor] [een] half uur [lang]", "[voor] een halfuur [lang]", minutes=30),
        phrase("[voor] een kwartier [lang]", minutes=15),
        phrase("[voor] (drie kwartier|driekwartier) [lang]", minutes=45),
        phrase("[voor] (een|één) uur [lang]", hours=1),
        phrase("[voor] anderhalf uur [lang]", minutes=90),
        phrase("tot half {hour}", until_minute=-30),
        phrase("tot kwart over {hour}", until_minute=15),
        phrase("tot kwart voor {hour}", until_minute=-15),
        phrase("tot (één|één uur)", until_hour=1),
        phrase("tot half één", until_hour=1, until_minute=-30),
        phrase("tot [de] middag", "tot twaalf uur 's middags", until_hour=12, half_day="pm"),
        phrase("tot middernacht", until_hour=0),
    ),
    sentences={
        IntentType.GET: (
            phrase(
                "is {person} [nu|op dit moment|momenteel] {presence} [nu|op dit moment|momenteel]",
                "(wat doet|hoe is) {person} [nu|op dit moment|momenteel]",
                "(wat|hoe) is (de status|de aanwezigheid) van {person}",
                "ben ik [nu|op dit moment|momenteel] {presence} [nu|op dit moment|momenteel]",
                "wat is mijn (status|aanwezigheid)",
            ),
            phrase(
                "(kan|mag) ik {person} [nu|even] (storen|bellen|spreken)",
                "(kan|mag) ik [nu|even] met {person} (praten|spreken)",
                may_disturb=True,
            ),
            phrase(
                "is {person} (er|aanwezig|op (zijn|haar) plek) [nu|op dit moment]", is_there=True
            ),
            phrase("(tot wanneer|hoe lang) is {person} [nog] {presence}", until_when=True),
            phrase("(tot wanneer|hoe lang) ben ik [nog] {presence}", until_when=True),
            phrase(
                "(tot wanneer|hoe lang [nog]|tot hoe laat)",
                "(tot wanneer|hoe lang|tot hoe laat) is (hij|zij|ze|dat) [nog] [{presence}]",
                until_when=True,
                same=True,
            ),
            phrase("[ik bedoel ]{person}", chosen=True),
        ),
        IntentType.FIND: (
            phrase(
                "wie is [er] [nu|op dit moment|momenteel] {presence} [nu|op dit moment|momenteel]",
                "wie zijn [er] [nu|op dit moment|momenteel] {presence}",
                "is [er] [nu] iemand [nu] {presence} [nu|op dit moment|momenteel]",
                "is [er] [nu] iemand (van|in|uit|bij|op) [de|het] {group} {presence}",
                "is [er] [nu] iemand {presence} (van|in|uit|bij|op) [de|het] {group}",
                "wie (van|in|uit|bij|op) [de|het] {group} is [er] [nu|op dit moment] {presence}",
                "wie is [er] [nu] {presence} (van|in|uit|bij|op) [de|het] {group}",
            ),
        ),
        IntentType.EXPLAIN: (
            phrase(
                "waarom is {person} [nu|op dit moment|momenteel] {presence}",
                "waarom ben ik [nu|op dit moment|momenteel] {presence}",
            ),
            phrase(
                "waarom",
                "waarom is (hij|zij|ze|dat) [{presence}|zo]",
                same=True,
            ),
        ),
        IntentType.SET: (
            phrase(
                "(zet|stel) (mij|me|mijn (status|aanwezigheid)) [in] op {presence} <end>",
                "(zet|stel) {person} [in] op {presence} <end>",
                "(zet|stel) (de status|de aanwezigheid) van {person} [in] op {presence} <end>",
            ),
            phrase(
                "(zet|stel) (mij|me|mijn (status|aanwezigheid)) <end> [in] op {presence}",
                "(zet|stel) {person} <end> [in] op {presence}",
            ),
            phrase(
                "(zet|stel) (hem|haar) [in] op {presence} <end>",
                "(zet|stel) (hem|haar) <end> [in] op {presence}",
                same=True,
            ),
        ),
        IntentType.CLEAR: (
            phrase(
                "(zet|stel) (mij|me|mijn (status|aanwezigheid)) [weer|terug] op automatisch [terug]",
                "(zet|stel) {person} [weer|terug] op automatisch [terug]",
                "(zet|stel) (de status|de aanwezigheid) van {person} [weer|terug] op automatisch"
                " [terug]",
            ),
            phrase("(zet|stel) (hem|haar) [weer|terug] op automatisch [terug]", same=True),
        ),
    },
    speech=Speech(
        presences={
            "available": "beschikbaar",
            "busy": "bezet",
            "do_not_disturb": "niet te storen",
            "away": "afwezig",
            "vacation": "op vakantie",
            "offline": "offline",
        },
        until=" tot {time} uur",
        until_tomorrow=" tot morgen {time} uur",
        until_date=" tot {date} {time} uur",
        plain="{name} is {word}{until}.",
        yes="Ja, {name} is {word}{until}.",
        no="Nee, {name} is {word}{until}.",
        no_end="{name} is {word}, het einde is niet bekend.",
        unknown_presence="De aanwezigheid van {name} is nu niet bekend.",
        several="{names} zijn {word}.",
        nobody="Niemand is {word}.",
        nobody_in_group="Niemand van {group} is {word}.",
        conjunction=" en ",
        alternative=" of ",
        more="{names} en nog {count}",
        set="{name} is nu {word}{until}.",
        cleared="{name} staat weer op automatisch.",
        which="Wie precies: {names}?",
        same_name="Meerdere personen heten {name}. Geef ze verschillende aliassen.",
        what_about="Wat wil je over {name} weten?",
        unknown_person="Ik ken niemand met de naam {name}.",
        unknown_group="Ik ken geen groep met de naam {name}.",
        say_a_name="Ik weet niet wie er spreekt. Noem een naam.",
        no_person_of_user="Ik weet niet welke persoon je bent. Koppel je gebruiker aan een persoon.",
        not_controlled="De aanwezigheid van {name} kan hier niet worden ingesteld.",
        not_allowed="Je hebt geen toestemming om dat voor {name} te doen.",
        not_connected="De server van {name} is niet verbonden.",
        not_set_up="Er zijn geen personen ingesteld voor spraak.",
        bad_end="Ik heb niet begrepen tot wanneer.",
    ),
)
