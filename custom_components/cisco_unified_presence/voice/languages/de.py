"""German, with the forms of Austria and Switzerland."""

from ..language import IntentType, Language, Speech, phrase

GERMAN = Language(
    # Swiss German has a folder of its own, and Austrian may read either.
    folders=("de", "de-CH"),
    honorifics="Herr|Herrn|Frau|Dr|Doktor|Professor|Professorin",
    presences={
        "available": "(verfügbar|frei|erreichbar)",
        "busy": "(beschäftigt|besetzt|in einer Besprechung|im Gespräch)",
        "do_not_disturb": "(nicht stören|bitte nicht stören|nicht zu stören|nicht gestört werden)",
        "away": "(abwesend|weg|nicht da|nicht am Platz)",
        "vacation": "[im |in |in den |auf ](Urlaub|Ferien)",
        "offline": "(offline|abgemeldet)",
    },
    ends=(
        phrase(
            "für [die nächsten] {minutes} Minute[n]",
            "die nächsten {minutes} Minuten",
            "für [die nächsten] {hours} Stunde[n]",
            "für {hours} Stunde[n] [und] {minutes} Minute[n]",
            "bis [um] {hour} [Uhr]",
            "bis [um] {hour} Uhr {minute}",
            "bis [um] {hour}(:|.){minute} [Uhr]",
            "bis [um] {minute} nach {hour}",
        ),
        phrase("für (eine|[die nächste]) halbe Stunde", "eine halbe Stunde [lang]", minutes=30),
        phrase("für eine (viertel Stunde|Viertelstunde)", "eine Viertelstunde [lang]", minutes=15),
        phrase("für eine (dreiviertel Stunde|Dreiviertelstunde)", minutes=45),
        phrase("für (eine|die nächste) Stunde", "eine Stunde [lang]", hours=1),
        phrase("für (eineinhalb|anderthalb|1,5|1.5) Stunden", minutes=90),
        phrase("für (zweieinhalb|2,5|2.5) Stunden", minutes=150),
        phrase("bis [um] halb {hour}", until_minute=-30),
        phrase("bis [um] [ein ]Viertel nach {hour}", until_minute=15),
        phrase(
            "bis [um] [ein ]Viertel (vor|ab) {hour}",
            "bis [um] (drei viertel|dreiviertel) {hour}",
            until_minute=-15,
        ),
        phrase(
            "bis [heute] mittag[s]", "bis [um] zwölf [Uhr] mittags", until_hour=12, half_day="pm"
        ),
        phrase("bis mitternacht", until_hour=0),
    ),
    sentences={
        IntentType.GET: (
            phrase(
                "ist {person} [gerade|jetzt|zurzeit|im Moment] {presence}",
                "(was macht|wie ist) {person} [gerade|jetzt|zurzeit|im Moment]",
                "(was ist|wie ist|welchen Status hat) {person} [gerade]",
                "(was|wie) ist der (Status|Präsenzstatus) von {person}",
                "(was|wie) ist die Präsenz von {person}",
                "bin ich [gerade|jetzt|zurzeit|im Moment] {presence}",
                "(was|wie) ist mein (Status|Präsenzstatus)",
            ),
            phrase(
                "(kann|darf|könnte) ich {person} [gerade|jetzt|mal|kurz] (stören|anrufen|sprechen)",
                "(kann|darf) ich [gerade|jetzt|mal|kurz] (zu|mit) {person} [gehen|sprechen|reden]",
                "(kann|darf) man {person} [gerade|jetzt|mal|kurz] stören",
                may_disturb=True,
            ),
            phrase(
                "ist {person} [gerade|jetzt|zurzeit|im Moment] (da|hier|am Platz|anwesend|im Büro)",
                is_there=True,
            ),
            phrase("(bis wann|wie lange) ist {person} [noch] {presence}", until_when=True),
            phrase("(bis wann|wie lange) bin ich [noch] {presence}", until_when=True),
            phrase("(bis wann|wie lange [noch])", until_when=True, same=True),
            phrase(
                "(bis wann|wie lange) ist (er|sie|das) [noch] [{presence}]",
                until_when=True,
                same=True,
            ),
            phrase("[ich meine ]{person}", chosen=True),
        ),
        IntentType.FIND: (
            phrase(
                "wer ist [gerade|jetzt|zurzeit|im Moment] {presence}",
                "ist [gerade|jetzt|zurzeit] (jemand|irgendjemand|irgendwer|wer) {presence}",
                "ist [gerade|jetzt|zurzeit] (jemand|irgendjemand|irgendwer|wer) (von|aus|in|an|im|vom)"
                " [der|dem|den] {group} [gerade] {presence}",
                "wer (von|aus|in|an|im|vom) [der|dem|den] {group} ist [gerade|jetzt|zurzeit] {presence}",
                "wer ist (von|aus|in|an|im|vom) [der|dem|den] {group} [gerade|jetzt|zurzeit] {presence}",
            ),
        ),
        IntentType.EXPLAIN: (
            phrase(
                "(warum|wieso|weshalb) ist {person} [gerade|jetzt|zurzeit] {presence}",
                "(warum|wieso|weshalb) bin ich [gerade|jetzt|zurzeit] {presence}",
            ),
            phrase(
                "(warum|wieso|weshalb)",
                "(warum|wieso|weshalb) ist (er|sie|das) [{presence}|so]",
                same=True,
            ),
        ),
        IntentType.SET: (
            phrase(
                "(setz|setze|stell|stelle|schalt|schalte) (mich|meine[n] (Präsenz|Status)) <end>"
                " auf {presence}",
                "(setz|setze|stell|stelle|schalt|schalte) {person} <end> auf {presence}",
                "(setz|setze|stell|stelle|schalt|schalte) (die Präsenz|den Status) von {person} <end>"
                " auf {presence}",
            ),
            # Once more without an end it would be the sentence above.
            phrase(
                "(setz|setze|stell|stelle|schalt|schalte) (mich|meine[n] (Präsenz|Status))"
                " auf {presence} <end>",
                "(setz|setze|stell|stelle|schalt|schalte) {person} auf {presence} <end>",
                "(kannst du|könntest du) (mich|meine[n] (Präsenz|Status)) <end> auf {presence}"
                " (setzen|stellen|schalten)",
                "(kannst du|könntest du) {person} <end> auf {presence} (setzen|stellen|schalten)",
            ),
            phrase(
                "(setz|setze|stell|stelle|schalt|schalte) (ihn|sie) <end> auf {presence}",
                "(setz|setze|stell|stelle|schalt|schalte) (ihn|sie) auf {presence} <end>",
                same=True,
            ),
        ),
        IntentType.CLEAR: (
            phrase(
                "(setz|setze|stell|stelle|schalt|schalte) (mich|meine[n] (Präsenz|Status))"
                " [wieder|zurück] auf automatisch [zurück]",
                "(setz|setze|stell|stelle|schalt|schalte) {person} [wieder|zurück] auf automatisch"
                " [zurück]",
                "(setz|setze|stell|stelle|schalt|schalte) (die Präsenz|den Status) von {person}"
                " [wieder|zurück] auf automatisch [zurück]",
                "setz[e] (meine[n] (Präsenz|Status)) zurück",
            ),
            phrase(
                "(setz|setze|stell|stelle|schalt|schalte) (ihn|sie) [wieder|zurück] auf automatisch [zurück]",
                same=True,
            ),
        ),
    },
    speech=Speech(
        presences={
            "available": "verfügbar",
            "busy": "beschäftigt",
            "do_not_disturb": "nicht zu stören",
            "away": "abwesend",
            "vacation": "im Urlaub",
            "offline": "offline",
        },
        until=" bis {time} Uhr",
        until_tomorrow=" bis morgen {time} Uhr",
        until_date=" bis {date} {time} Uhr",
        plain="{name} ist{until} {word}.",
        yes="Ja, {name} ist{until} {word}.",
        no="Nein, {name} ist{until} {word}.",
        no_end="{name} ist {word}, ein Ende ist nicht bekannt.",
        unknown_presence="Die Präsenz von {name} ist gerade nicht bekannt.",
        several="{names} sind {word}.",
        nobody="Niemand ist {word}.",
        nobody_in_group="Niemand in {group} ist {word}.",
        conjunction=" und ",
        alternative=" oder ",
        more="{names} und {count} weitere",
        set="{name} ist jetzt{until} {word}.",
        cleared="{name} ist wieder auf automatisch.",
        which="Wer genau: {names}?",
        same_name="Mehrere Personen heißen {name}. Gib ihnen verschiedene Aliasse.",
        what_about="Was ist mit {name}?",
        unknown_person="Ich kenne niemanden namens {name}.",
        unknown_group="Ich kenne keine Gruppe namens {name}.",
        say_a_name="Ich weiß nicht, wer spricht. Nenne bitte einen Namen.",
        no_person_of_user=(
            "Ich weiß nicht, welche Person du bist. Verknüpfe deinen Benutzer mit einer Person."
        ),
        not_controlled="Die Präsenz von {name} lässt sich hier nicht setzen.",
        not_allowed="Das darfst du für {name} nicht.",
        not_connected="Der Server von {name} ist nicht verbunden.",
        not_set_up="Für die Sprachsteuerung sind keine Personen eingerichtet.",
        bad_end="Ich habe nicht verstanden, bis wann.",
    ),
)
