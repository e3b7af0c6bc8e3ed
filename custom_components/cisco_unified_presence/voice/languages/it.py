"""Italian."""

from ..language import IntentType, Language, Speech, phrase

ITALIAN = Language(
    folders=("it",),
    honorifics="il signor|la signora|signor|signora|dottor|dottoressa",
    presences={
        "available": "(disponibile|disponibili|libero|libera|liberi|raggiungibile)",
        "busy": "[in stato |in modalità ](occupato|occupata|occupati|impegnato|impegnata|impegnati|in riunione)",
        "do_not_disturb": "[in stato |in modalità ](non disturbare|da non disturbare)",
        "away": "(assente|assenti|via|fuori)",
        "vacation": "(in vacanza|vacanza|in ferie|ferie)",
        "offline": "(offline|non in linea|disconnesso|disconnessa)",
    },
    ends=(
        phrase(
            "per {minutes} minut(o|i)",
            "per {hours} or(a|e)",
            "per {hours} or(a|e) [e] {minutes} minut(o|i)",
            "fino alle [ore] {hour}",
            "fino all'{hour}",
            "fino alle [ore] {hour} e {minute}",
            "fino alle [ore] {hour}(:|.| ){minute}",
        ),
        phrase("per (mezz'ora|mezzora|mezza ora)", minutes=30),
        phrase("per un quarto d'ora", minutes=15),
        phrase("per tre quarti d'ora", minutes=45),
        phrase("per un'ora", hours=1),
        phrase("per un'ora e mezz(a|o)", minutes=90),
        phrase("fino (alle |all'){hour} e mezz(a|o)", until_minute=30),
        phrase("fino (alle |all'){hour} e un quarto", until_minute=15),
        phrase("fino (alle |all'){hour} meno un quarto", until_minute=-15),
        phrase("fino a mezzogiorno", until_hour=12, half_day="pm"),
        phrase("fino a mezzanotte", until_hour=0),
    ),
    sentences={
        IntentType.GET: (
            phrase(
                "{person} (è|e) [ora|adesso] {presence} [ora|adesso|al momento]",
                "(è|e) {person} {presence} [ora|adesso|al momento]",
                "(è|e) {presence} {person} [ora|adesso|al momento]",
                "(come sta|cosa fa|che fa) {person} [ora|adesso|al momento]",
                "(qual è|qual e|quale è) (lo stato|la presenza) di {person}",
                "sono {presence} [ora|adesso|al momento]",
                "(qual è|qual e|quale è) (il mio stato|la mia presenza)",
            ),
            phrase(
                "(posso|potrei|si può) (disturbare|chiamare|interrompere) {person}"
                " [ora|adesso|al momento]",
                "(posso|potrei|si può) parlare con {person} [ora|adesso|al momento]",
                may_disturb=True,
            ),
            phrase(
                "(c'è|c'e) {person}",
                "{person} (c'è|c'e|è presente|è alla scrivania)",
                is_there=True,
            ),
            phrase(
                "fino a (quando|che ora) (è|e) {presence} {person}",
                "fino a (quando|che ora) (è|e) {person} {presence}",
                "fino a (quando|che ora) {person} (è|e) {presence}",
                until_when=True,
            ),
            phrase("fino a (quando|che ora) sono {presence}", until_when=True),
            phrase(
                "(fino a (quando|che ora)|per quanto tempo)",
                "fino a (quando|che ora) (è|e) [lui|lei] [{presence}]",
                until_when=True,
                same=True,
            ),
            phrase("[intendo ]{person}", chosen=True),
        ),
        IntentType.FIND: (
            phrase(
                "(chi è|chi e|chi c'è) [ora|adesso] {presence} [ora|adesso|al momento]",
                "(c'è|c'e) qualcuno [di] {presence} [ora|adesso|al momento]",
                "(qualcuno è|qualcuno e|è qualcuno) {presence} [ora|adesso|al momento]",
                "(c'è|c'e) qualcuno (di |del |della |dello |dei |in |nel |nella |al |alla |dell'|all')"
                "{group} [che è] {presence}",
                "(è|e) {presence} qualcuno"
                " (di |del |della |dello |dei |in |nel |nella |al |alla |dell'|all'){group}",
                "qualcuno (di |del |della |dello |dei |in |nel |nella |al |alla |dell'|all'){group}"
                " (è|e) {presence}",
                "chi (di |del |della |dello |dei |in |nel |nella |al |alla |dell'|all'){group} (è|e)"
                " {presence}",
                "(chi è|chi e) {presence}"
                " (di |del |della |dello |dei |in |nel |nella |al |alla |dell'|all'){group}",
            ),
        ),
        IntentType.EXPLAIN: (
            phrase(
                "(perché|perche|perchè) {person} (è|e) [ora|adesso] {presence}",
                "(perché|perche|perchè) (è|e) {presence} {person}",
                "(perché|perche|perchè) (è|e) {person} {presence}",
                "(perché|perche|perchè) sono [ora|adesso] {presence}",
            ),
            phrase(
                "(perché|perche|perchè)",
                "(perché|perche|perchè) (è|e) [lui|lei] [{presence}|così]",
                same=True,
            ),
        ),
        IntentType.SET: (
            phrase(
                "(impostami|mettimi|segnami) [come|su|in|a] {presence} <end>",
                "(imposta|metti|cambia) (il mio stato|la mia presenza) [come|su|in|a] {presence} <end>",
                "(imposta|metti|segna) {person} [come|su|in|a] {presence} <end>",
                "(imposta|metti|cambia) (lo stato|la presenza) di {person} [come|su|in|a] {presence}"
                " <end>",
            ),
            phrase(
                "(impostalo|impostala|mettilo|mettila) [come|su|in|a] {presence} <end>", same=True
            ),
        ),
        IntentType.CLEAR: (
            phrase(
                "(impostami|mettimi|rimettimi) [di nuovo] (su|in) [modalità] automatico",
                "(imposta|metti|rimetti|riporta) (il mio stato|la mia presenza) [di nuovo] (su|in|ad)"
                " [modalità] (automatico|automatica)",
                "(imposta|metti|rimetti|riporta) {person} [di nuovo] (su|in|ad) [modalità]"
                " (automatico|automatica)",
                "(imposta|metti|rimetti|riporta) (lo stato|la presenza) di {person} [di nuovo]"
                " (su|in|ad) [modalità] (automatico|automatica)",
            ),
            phrase(
                "(impostalo|impostala|mettilo|mettila|rimettilo|rimettila) [di nuovo] (su|in|ad) [modalità] (automatico|automatica)",
                same=True,
            ),
        ),
    },
    speech=Speech(
        presences={
            "available": "disponibile",
            "busy": "in stato occupato",
            "do_not_disturb": "in stato non disturbare",
            "away": "assente",
            "vacation": "in ferie",
            "offline": "offline",
        },
        until=" fino alle {time}",
        until_tomorrow=" fino a domani alle {time}",
        until_date=" fino al {date} alle {time}",
        plain="{name} è {word}{until}.",
        yes="Sì, {name} è {word}{until}.",
        no="No, {name} è {word}{until}.",
        no_end="{name} è {word}, senza una fine nota.",
        unknown_presence="Al momento la presenza di {name} non è nota.",
        plurals={"available": "disponibili", "away": "assenti"},
        several="{names} sono {word}.",
        nobody="Nessuno è {word}.",
        nobody_in_group="Nessuno di {group} è {word}.",
        conjunction=" e ",
        alternative=" o ",
        more="{names} e altri {count}",
        set="{name} ora è {word}{until}.",
        cleared="{name} è di nuovo su automatico.",
        which="Chi esattamente: {names}?",
        same_name="Più persone si chiamano {name}. Dai loro alias diversi.",
        what_about="Che cosa vuoi sapere di {name}?",
        unknown_person="Non conosco nessuno di nome {name}.",
        unknown_group="Non conosco nessun gruppo di nome {name}.",
        say_a_name="Non so chi sta parlando. Di' un nome, per favore.",
        no_person_of_user="Non so quale persona sei. Collega il tuo utente a una persona.",
        not_controlled="La presenza di {name} non può essere impostata da qui.",
        not_allowed="Non hai il permesso di farlo per {name}.",
        not_connected="Il server di {name} non è connesso.",
        not_set_up="Nessuna persona è configurata per la voce.",
        bad_end="Non ho capito fino a quando.",
    ),
)
