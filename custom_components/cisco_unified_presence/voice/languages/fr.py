"""French."""

from ..language import IntentType, Language, Speech, phrase

FRENCH = Language(
    folders=("fr",),
    honorifics="Monsieur|Madame|M|Mme|Docteur",
    presences={
        "available": "[en mode ](disponible|disponibles|libre|libres|joignable)",
        "busy": "[en mode ](occupé|occupée|pris|prise|en réunion|occupe|occupee)",
        "do_not_disturb": "[en |en mode ](ne pas déranger|ne pas deranger|à ne pas déranger)",
        "away": "[en mode ](absent|absente|pas là|parti|partie)",
        "vacation": "(en vacances|vacances|en congé|en congés)",
        "offline": "(hors ligne|déconnecté|déconnectée)",
    },
    ends=(
        phrase(
            "(pendant|pour) {minutes} minute[s]",
            "(pendant|pour) {hours} heure[s]",
            "(pendant|pour) {hours} heure[s] [et] {minutes} minute[s]",
            "jusqu'à {hour} heure[s]",
            "jusqu'à {hour} heure[s] {minute}",
            "jusqu'à {hour}h",
            "jusqu'à {hour}h{minute}",
            "jusqu'à {hour} h [{minute}]",
            "jusqu'à {hour}:{minute}",
            "jusqu'à {hour}",
        ),
        phrase("(pendant|pour) une demi[-| ]heure", minutes=30),
        phrase("(pendant|pour) un quart d'heure", minutes=15),
        phrase("(pendant|pour) trois quarts d'heure", minutes=45),
        phrase("(pendant|pour) une heure", hours=1),
        phrase("(pendant|pour) une heure et demie", minutes=90),
        phrase("jusqu'à {hour} heure[s] et demie", until_minute=30),
        phrase("jusqu'à {hour} heure[s] et quart", until_minute=15),
        phrase("jusqu'à {hour} heure[s] moins le quart", until_minute=-15),
        phrase("jusqu'à midi", until_hour=12, half_day="pm"),
        phrase("jusqu'à midi et demi[e]", until_hour=12, until_minute=30, half_day="pm"),
        phrase("jusqu'à minuit", until_hour=0),
    ),
    sentences={
        IntentType.GET: (
            phrase(
                "{person} est[-il|-elle| il| elle] [actuellement] {presence} [en ce moment]",
                "(est-ce que|est-ce qu'){person} est [actuellement] {presence} [en ce moment]",
                "(est-ce que|est-ce qu') {person} est [actuellement] {presence} [en ce moment]",
                "est[-| ]ce (que|qu') {person} est {presence}",
                "(que fait|comment va) {person}",
                "(quel est|quelle est) (le statut|l'état|la présence) (de |d'){person}",
                "(suis-je|est-ce que je suis|je suis) [actuellement] {presence} [en ce moment]",
                "quel est mon (statut|état)",
            ),
            phrase(
                "(puis-je|est-ce que je peux|je peux|peut-on|on peut|est-ce qu'on peut)"
                " (déranger|appeler|interrompre|deranger) {person} [maintenant|en ce moment]",
                "(puis-je|est-ce que je peux|je peux|peut-on|on peut) parler à {person}"
                " [maintenant|en ce moment]",
                may_disturb=True,
            ),
            phrase(
                "{person} est[-il|-elle| il| elle] (là|à son poste|présent|présente)",
                "(est-ce que |est-ce qu'){person} est (là|à son poste|présent|présente)",
                is_there=True,
            ),
            phrase(
                "jusqu'à quand {person} est[-il|-elle| il| elle] {presence}",
                "jusqu'à quand est {person} {presence}",
                "jusqu'à quand est-ce (que |qu'){person} est {presence}",
                until_when=True,
            ),
            phrase("jusqu'à quand (suis-je|je suis) {presence}", until_when=True),
            phrase(
                "(jusqu'à quand|pour combien de temps|pendant combien de temps)",
                "jusqu'à quand (est-il|est-elle|il est|elle est) [{presence}]",
                until_when=True,
                same=True,
            ),
            phrase("[je veux dire |je parle de ]{person}", chosen=True),
        ),
        IntentType.FIND: (
            phrase(
                "(qui est|qui est-ce qui est) [actuellement] {presence} [en ce moment]",
                "(y a-t-il quelqu'un|est-ce qu'il y a quelqu'un|il y a quelqu'un) de {presence}"
                " [en ce moment]",
                "(y a-t-il quelqu'un|est-ce qu'il y a quelqu'un|il y a quelqu'un)"
                " (de |du |des |de la |dans la |dans le |au |à la |d'|de l'|dans l'|à l'){group}"
                " [qui est|de] {presence}",
                "(est-ce que quelqu'un|est-ce qu'une personne|quelqu'un)"
                " (de |du |des |de la |dans la |dans le |au |à la |d'|de l'|dans l'|à l'){group}"
                " est {presence}",
                "qui (de |du |des |de la |dans la |dans le |au |à la |d'|de l'|dans l'|à l'){group}"
                " est {presence}",
                "qui est {presence}"
                " (de |du |des |de la |dans la |dans le |au |à la |d'|de l'|dans l'|à l'){group}",
            ),
        ),
        IntentType.EXPLAIN: (
            phrase(
                "pourquoi {person} est[-il|-elle| il| elle] [actuellement] {presence}",
                "pourquoi est-ce (que |qu'){person} est [actuellement] {presence}",
                "pourquoi est {person} {presence}",
                "pourquoi (suis-je|je suis) [actuellement] {presence}",
            ),
            phrase(
                "pourquoi[ ça]",
                "pourquoi (est-il|est-elle|il est|elle est) [{presence}]",
                same=True,
            ),
        ),
        IntentType.SET: (
            phrase(
                "(mets|mettez|passe|passez)[-| ]moi [en|comme|sur|à] [mode] {presence} <end>",
                "(mets|mettez|passe|passez|règle) (mon statut|ma présence) [en|comme|sur|à] [mode]"
                " {presence} <end>",
                "(mets|mettez|passe|passez) {person} [en|comme|sur|à] [mode] {presence} <end>",
                "(mets|mettez|passe|passez|règle) (le statut|la présence) (de |d'){person}"
                " [en|comme|sur|à] [mode] {presence} <end>",
            ),
            phrase("(mets|passe)[-| ](le|la) [en|comme|sur|à] [mode] {presence} <end>", same=True),
        ),
        IntentType.CLEAR: (
            phrase(
                "(mets|mettez|remets|repasse|passe)[-| ]moi (en|sur) [mode] automatique",
                "(mets|mettez|remets|repasse|passe) (mon statut|ma présence) (en|sur) [mode]"
                " automatique",
                "(mets|mettez|remets|repasse|passe) {person} (en|sur) [mode] automatique",
                "(mets|mettez|remets|repasse|passe) (le statut|la présence) (de |d'){person} (en|sur)"
                " [mode] automatique",
            ),
            phrase(
                "(mets|remets|repasse|passe)[-| ](le|la) (en|sur) [mode] automatique", same=True
            ),
        ),
    },
    speech=Speech(
        presences={
            "available": "disponible",
            "busy": "en mode occupé",
            "do_not_disturb": "en mode ne pas déranger",
            "away": "en mode absent",
            "vacation": "en vacances",
            "offline": "hors ligne",
        },
        until=" jusqu'à {time}",
        until_tomorrow=" jusqu'à demain {time}",
        until_date=" jusqu'au {date} {time}",
        plain="{name} est {word}{until}.",
        yes="Oui, {name} est {word}{until}.",
        no="Non, {name} est {word}{until}.",
        no_end="{name} est {word}, sans fin connue.",
        unknown_presence="{name} : présence inconnue pour le moment.",
        plurals={"available": "disponibles"},
        several="{names} sont {word}.",
        nobody="Personne n'est {word}.",
        nobody_in_group="Personne n'est {word} dans {group}.",
        conjunction=" et ",
        alternative=" ou ",
        more="{names} et {count} de plus",
        set="{name} est maintenant {word}{until}.",
        cleared="{name} est de nouveau en mode automatique.",
        which="Qui exactement : {names} ?",
        same_name="Plusieurs personnes s'appellent {name}. Donnez-leur des alias différents.",
        what_about="Que voulez-vous savoir sur {name} ?",
        unknown_person="Je ne connais personne qui s'appelle {name}.",
        unknown_group="Je ne connais pas de groupe nommé {name}.",
        say_a_name="Je ne sais pas qui parle. Dites un nom, s'il vous plaît.",
        no_person_of_user=(
            "Je ne sais pas quelle personne vous êtes. Associez votre utilisateur à une personne."
        ),
        not_controlled="{name} : la présence ne peut pas être définie ici.",
        not_allowed="Vous n'avez pas le droit de faire cela pour {name}.",
        not_connected="{name} : le serveur n'est pas connecté.",
        not_set_up="Aucune personne n'est configurée pour la voix.",
        bad_end="Je n'ai pas compris jusqu'à quand.",
    ),
)
