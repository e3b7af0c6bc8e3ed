"""English."""

from ..language import IntentType, Language, Speech, phrase

ENGLISH = Language(
    folders=("en",),
    honorifics="mr|mrs|ms|miss|dr|doctor|professor",
    presences={
        "available": "(available|free|reachable)",
        "busy": "(busy|occupied|in a meeting)",
        "do_not_disturb": "[on ](do not disturb|do-not-disturb|don't disturb|dnd|not to be disturbed)",
        "away": "(away|absent|not there)",
        "vacation": "[on ](vacation|holiday|holidays|leave)",
        "offline": "(offline|logged out|logged off|signed out)",
    },
    half_days={
        "am": "(am|a.m.|a.m|in the morning)",
        "pm": "(pm|p.m.|p.m|in the afternoon|in the evening|at night)",
    },
    ends=(
        phrase(
            "for [the next] {minutes} minute[s]",
            "for [the next] {hours} hour[s]",
            "for {hours} hour[s] [and] {minutes} minute[s]",
            "(until|till|til) {hour} [o'clock] [{half_day}]",
            "(until|till|til) {hour}(:|.| ){minute} [{half_day}]",
            "(until|till|til) {hour}{half_day}",
            "(until|till|til) {hour}:{minute}{half_day}",
        ),
        phrase("for [the next] half [an] hour", minutes=30),
        phrase("for a quarter [of an] hour", minutes=15),
        phrase("for three quarters of an hour", minutes=45),
        phrase("for (an|the next) hour", hours=1),
        phrase(
            "for (an|one) hour and a half", "for one and a half hours", "for 1.5 hours", minutes=90
        ),
        phrase("(until|till|til) half past {hour} [{half_day}]", until_minute=30),
        phrase("(until|till|til) [a] quarter past {hour} [{half_day}]", until_minute=15),
        phrase("(until|till|til) [a] quarter to {hour} [{half_day}]", until_minute=-15),
        phrase("(until|till|til) noon", until_hour=12, half_day="pm"),
        phrase("(until|till|til) midnight", until_hour=0),
    ),
    sentences={
        IntentType.GET: (
            phrase(
                "is {person} [currently] {presence} [[right] now|at the moment]",
                "(what is|what's|how is) {person} [doing]",
                "(what is|what's) {person}['s] (status|presence)",
                "(what is|what's) the (status|presence) of {person}",
                "am I [currently] {presence} [[right] now|at the moment]",
                "(what is|what's) my (status|presence)",
            ),
            phrase(
                "(can|may|could) I [please] (disturb|call|bother|interrupt|phone|talk to) {person}"
                " [[right] now|at the moment]",
                may_disturb=True,
            ),
            phrase(
                "is {person} (there|around|here|in|at (his|her|the) desk) [[right] now]",
                is_there=True,
            ),
            phrase("(until when|how long|till when) is {person} {presence}", until_when=True),
            phrase("(until when|how long|till when) am I {presence}", until_when=True),
            phrase("(until when|till when|how long|for how long)", until_when=True, same=True),
            phrase(
                "(until when|till when|how long|for how long) is (he|she|that) [{presence}]",
                until_when=True,
                same=True,
            ),
            phrase("[I mean ]{person}", chosen=True),
        ),
        IntentType.FIND: (
            phrase(
                "who is [currently] {presence} [[right] now|at the moment]",
                "who's [currently] {presence} [[right] now|at the moment]",
                "is (anybody|anyone|somebody|someone) {presence} [[right] now|at the moment]",
                "is (anybody|anyone|somebody|someone) (of|in|on|from|at) [the] {group} [team|group]"
                " {presence} [[right] now|at the moment]",
                "who (of|in|on|from|at) [the] {group} [team|group] is [currently] {presence}"
                " [[right] now|at the moment]",
                "who is {presence} (in|on|from|at) [the] {group} [team|group]",
            ),
        ),
        IntentType.EXPLAIN: (
            phrase(
                "why is {person} [currently] {presence} [[right] now|at the moment]",
                "why am I [currently] {presence} [[right] now|at the moment]",
            ),
            phrase("why[ is that]", "why is (he|she) [{presence}]", same=True),
        ),
        IntentType.SET: (
            phrase(
                "(set|make|switch|put|mark) (me|my (presence|status)) [to|on|as] {presence} <end>",
                "(set|make|switch|put|mark) {person} [to|on|as] {presence} <end>",
                "(set|switch|change) {person}['s] (presence|status) [to] {presence} <end>",
                "(set|switch|change) the (presence|status) of {person} [to] {presence} <end>",
            ),
            phrase("(set|make|switch|put) (him|her) [to|on] {presence} <end>", same=True),
        ),
        IntentType.CLEAR: (
            phrase(
                "(set|switch|put|change) (me|my (presence|status)) [back] to automatic",
                "(set|switch|put|change) {person} [back] to automatic",
                "(set|switch|put|change) {person}['s] (presence|status) [back] to automatic",
                "(clear|reset) my (presence|status)",
                "(clear|reset) the (presence|status) of {person}",
            ),
            phrase("(set|switch|put) (him|her) [back] to automatic", same=True),
        ),
    },
    speech=Speech(
        presences={
            "available": "available",
            "busy": "busy",
            "do_not_disturb": "on do not disturb",
            "away": "away",
            "vacation": "on vacation",
            "offline": "offline",
        },
        until=" until {time}",
        until_tomorrow=" until tomorrow {time}",
        until_date=" until {date} {time}",
        plain="{name} is {word}{until}.",
        yes="Yes, {name} is {word}{until}.",
        no="No, {name} is {word}{until}.",
        no_end="{name} is {word}, without a known end.",
        unknown_presence="The presence of {name} is not known right now.",
        several="{names} are {word}.",
        nobody="Nobody is {word}.",
        nobody_in_group="Nobody in {group} is {word}.",
        conjunction=" and ",
        alternative=" or ",
        more="{names} and {count} more",
        set="{name} is now {word}{until}.",
        cleared="{name} is back to automatic.",
        which="Which one: {names}?",
        same_name="Several people are called {name}. Give them different aliases.",
        what_about="What about {name}?",
        unknown_person="I don't know anyone called {name}.",
        unknown_group="I don't know a group called {name}.",
        say_a_name="I can't tell who is speaking. Please say a name.",
        no_person_of_user="I don't know which person you are. Link your user to a person.",
        not_controlled="The presence of {name} can't be set from Home Assistant.",
        not_allowed="You don't have permission to do that for {name}.",
        not_connected="The server of {name} is not connected.",
        not_set_up="No people are set up for voice.",
        bad_end="I didn't understand until when.",
    ),
)
