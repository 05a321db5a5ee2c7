"""What the demo says, in English."""

from types import MappingProxyType

WORDS = MappingProxyType(
    {
        "day": "{weekday} {day} {month}",
        "weekdays": "Mon Tue Wed Thu Fri Sat Sun",
        "months": "January February March April May June July August September October November December",
        "": "(not yet)",
        "incident": "incident", "service_request": "service request", "inquiry": "inquiry", "complaint": "complaint",
        "response": "response time", "resolution": "resolution time",
        "met_True": "within the target", "met_False": "past the target", "met_None": "still running",
        "to_manager": "incident manager", "to_department": "department manager", "to_next_line": "next line",
        # beginning
        "title": "itsmkit demo: {company}, March 2026, zone {zone}, seed {seed}, model {model}",
        "intro": "A month of a small company's service desk. Every line below was really done by the desk in the "
        "folder named at the end: mails were parsed, tickets walked their process, clocks ran in business time, "
        "notices were written as files.",
        "house": "{people} people, {teams} teams on {lines} lines, store {store}, {plugins} plugins.",
        # intake
        "title_erp": "Order entry in the ERP is slow",
        "mail_in": "{number} A mail from {who}: “{title}”.",
        "triaged": "The rules read it before anybody does: it {why}, so {kind}, {category}; priority {priority}; "
        "taken by {team}.",
        "clocks": "Two clocks start, in office hours: response due {response}, resolution {resolution}.",
        "receipt": "A receipt goes to {to}, with the number in its subject.",
        "call_in": "{number} {who} calls, {agent} types it in: “{title}”.",
        "call_done": "{number} Solved and confirmed while still on the line, by {agent} at line 1.",
        "gb_in": "{number} {who} writes from abroad, in GB18030 mislabelled as gb2312; it is read right: “{title}”.",
        "gb_answer": "The receipt goes back in Chinese: “{subject}”.",
        "duplicate": "{number} The mail server delivers one mail twice, by another way. The second is a {state}: "
        "still one ticket.",
        "absence_title": "Automatic reply: out of office",
        "absence_text": "I am out of the office until Monday and will read your mail then.",
        "absent": "{number} Our receipt to {who} meets an absence note. It is {state} to the ticket, and {more} "
        "mails go back: machines don't chat.",
        "unreadable_in": "{number} {size} bytes that no plugin can read. It becomes a ticket all the same "
        "(“{state}”), with the bytes attached.",
        "unreadable_done": "{number} {agent} looked into it and asked the sender to send it again.",
        "complaint_title": "Complaint about the waiting time on the hotline",
        "complaint_text": "Hello,\n\nI want to complain about the hotline. I waited twenty minutes on Friday, and then "
        "the line went dead. We had to close our books without the ERP.\n\nNora Falk",
        "complaint_done": "Called back and apologised; a second agent takes calls at the end of the month.",
        "complaint_in": "{number} {who} writes: “{title}”. The process stops until a person has verified it.",
        "complaint_told": "{number} {agent} verified it (IM2.2); the incident manager is told: {to}.",
        "row_title": "Install {app} on {asset}",
        "row_text": "Please install {app}; new laptop of the roll-out.",
        "rows": "{file}, a file of {n} rows, is taken in at one go: {opened} requests, {first} to {last}.",
        "flapping_summary": "uplink of server edge-01 is flapping",
        "flapping": "{number} “{title}”: {n} alerts in an hour and a quarter folded into one ticket; the recovery "
        "is noted on it.",
        "stranger": "{number} A mail from {mail}, {step} here. Taken in and answered; whoever it is will see only "
        "what is sent to that address.",
        # work
        "declined_title": "Wifi or intranet? Delivery notes don't load in hall 3",
        "declined_text": "Good morning,\n\nin hall 3 the delivery notes don't load on the tablets. The wifi shows "
        "full bars. Other pages open quickly.\n\nThank you\nGeorg Stein",
        "declined_reason": "Signal and routes are measured and good; the application answers with an error.",
        "declined": "{number} {who} ({team}) declines: “{reason}” Suggests {suggest}.",
        "reassigned": "{number} {agent} follows the suggestion; {who} ({team}) accepts. Hand-overs: {n}.",
        "lines_title": "Invoices can't be posted in the ERP",
        "lines_cause": "The tax table of the March release lacks a key.",
        "line_one": "{number} {agent} (line 1): “{tried}” On to {team}.",
        "line_two": "{number} {who} (line 2) finds the cause: “{cause}” Handed to {team}, line {line}.",
        "line_skipped": "{number} {who} (the vendor, line {line}) finds the cause: “{cause}” In this model line 1 "
        "passes on to whose contract covers it; the scene of line 2 is left out.",
        "vendor_sees": "{who} of the vendor signs in, sees the vendor's open tickets ({n}); "
        "for {other} the answer is “{answer}”.",
        "side_question": "Can it be in before the month is closed? The customer asks for a discount.",
        "side_answer": "By Friday. No discount for a release that was tested here.",
        "side": "{number} Between {agent} and {who} alone: “{question}” – “{answer}” "
        "{user} asks for {number} and hears “{denied}”.",
        "line_three": "{number} {who} solves it at line {line}: “{solution}” Back to {owner}, who took it in.",
        "confirmed": "{number} {who} confirms: closed.",
        "follow_up": "{number} Follow-up call by {agent}. {who}: “{said}”",
        "pause_question": "Which hand scanner is it? Please send us the number on its label.",
        "pause_reason": "number of the scanner",
        "pause_answer": "It is HW-2745, the one with the yellow tape.\n\nHeike",
        "paused": "{number} {agent} asks {who} by mail and waits. Resolution was due {due}; that clock now rests.",
        "resumed": "{number} {who} answers our mail days later. It is {state} by its Message-ID; the clock runs on, "
        "due {due}.",
        "pause_done": "{number} Solved: {used} h of business time used, {verdict}.",
        "pause_by_phone": "we had asked by phone before",
        "pause_corrected": "{number} {who} corrects the pause: it began {new}, by phone, not {old}. The clocks are "
        "computed anew; the journal keeps both.",
        "clock_line": "· {at}: {event}, the clock {effects}",
        "clock_ledger": "Whose time it was: {shares} h",
        "code_off_hours": "off-hours",
        "code_taken_back": "is taken back",
        "planned_summary": "mail server mail-01 does not answer",
        "planned_solution": "Mail server restarted, its watchdog mended.",
        "planned_why": "the engineer on call is on it; nobody else is to be woken",
        "planned_in": "{number} An alert at night: “{title}”. What will happen if nobody acts is known already:",
        "planned_step": "{at} {clock}, {level}: {to} {reaches}",
        "planned_true": "{number} It comes as planned for {due}, {late} s late: {to} is told.",
        "planned_judged": "{number} {who} judges (SLA-04): not escalated, {why}. The ticket keeps the word.",
        "planned_done": "{number} Solved by {who} after {used} hours: {verdict}; the steps behind never come.",
        "outage_summary": "database server erp-db-01 is down",
        "outage_solution": "Database restored to its last transaction, full disk enlarged.",
        "outage_in": "{number} Saturday night, an alert: “{title}”. Highest priority; told at once (IM2.4): {to}.",
        "escalated": "{number} {share} % of the {clock} gone: escalated to the {to}; told: {told}.",
        "backup_refused": "{number} {who} repaired it and wants to close the case. Refused by {why}: no backup was "
        "confirmed before the work.",
        "backup_confirmed": "{number} {who} confirms the backup and resolves it after {used} h, {verdict}.",
        "recovered": "{number} The monitoring reports the recovery; it is noted on the ticket ({code}).",
        "again_title": "Holiday form: error 503 after log-in",
        "again_text": "Hello,\n\nthe holiday form on the intranet shows error 503 after the log-in. Browser and "
        "cache changed nothing.\n\nMarkus Feld",
        "again_again": "Hi,\n\nholiday form on the intranet shows error 503 after log-in. Browser and cache changed "
        "nothing.\n\nOliver Kranz",
        "again_solution": "Form service restarted on intranet-2, its memory limit doubled.",
        "again_cause": "The form service ran out of memory.",
        "first_time": "{number} “{title}” solved by {who} (line {line}): “{solution}”",
        "second_time": "{number} The same fault again, in other words. Matching finds {first} (likeness {score}), "
        "and the rule of IM2.8 takes its solution; nobody had to look.",
        "second_done": "{number} {agent} carries it out: solved at line {line} in {minutes} minutes.",
        "visit_title": "Projector and screen stay black, customers at ten",
        "visit": "{number} {agent} agrees on a visit with {who}: {visitor}, {at}. The mail says what to prepare.",
        "visit_note": "Please keep the room free and have the remote control at hand.",
        "reject_first": "Temporary files deleted.",
        "reject_reason": "After the next start it was as slow as before.",
        "peeked": "{who} asks for {number}, a colleague's ticket: “{answer}”.",
        "rejected": "{number} {who} rejects the resolution: “{reason}” Reopened, back at {step}.",
        "reject_done": "{number} Solved for good; {who} confirms. Reopened: {n}.",
        "silent": "{number} {hours} office hours without a word from {who}: closed by {by}, and the mail says so.",
        "reopen_reason": "I was on holiday. The telephone still has no sound.",
        "reopened": "{number} {who} is back and reopens it: “{reason}”",
        "reopen_solution": "Telephone replaced.",
        "killed": "A mail is made durable, and its receiver is killed before it can open a ticket. State: {state}.",
        "killed_done": "{number} The lease lapsed after a minute; the worker found the mail and finished: “{title}”.",
        "bank_title": "How do I send the bank my new signature?",
        "bank_text": "Hello,\n\nhow do I send the bank a scan of my signature? The mail asks me to log on to their "
        "page first, and two colleagues got it too.\n\nOliver Kranz",
        "bank_why": "The page is a copy; it collects passwords.",
        "reclassified": "{number} {who} reads “{title}” and sees an attack. Was {was}, priority {before}; now {kind}, "
        "{category}, priority {priority}, new clocks: due {due}. The old values stay in the journal.",
        "change_solution": "Second access point in the meeting room.",
        "change": "{number} {who} proposes: “{solution}” That is a change: {status} for {rfc}, "
        "resolution clock at rest.",
        "changed": "{number} The change is done, the ticket resolved: {used} h of business time used, {verdict}.",
        "night_summary": "web server web-01 does not answer",
        "night_solution": "Power supply switched over, server restarted.",
        "night": "{number} “{title}”, in the night when the clocks go forward. Due {due}: {hours} hours stay "
        "{hours} hours.",
        "night_done": "{number} {who}, on duty, resolves it after {used} h.",
        "many_title_0": "Project drive G: is gone", "many_title_1": "Drive G: has vanished",
        "many_title_2": "Project drive G: not there any more",
        "many_letter": "Good morning,\n\nsince this morning the project drive G: of the file server is missing, and "
        "the colleagues next to me miss it too.\n\n{who}",
        "many_in": "{number} “{title}”, and {n} more mails like it within a minute.",
        "many_linked": "{number} {agent} links the others to it (matching found {found}). It is the master of {n} now.",
        "many_title": "Project drive G: is not reachable", "many_text": "We are working on it.",
        "many_announced": "{number} An announcement is published; {who}, who hasn't reported anything, reads it "
        "({n}).",
        "many_promise": "Drive G: is back by half past eleven.",
        "many_said": "The file server is being restarted; your files are safe.",
        "many_told": "{number} One word on the master, “{said}”, goes out on each of the others: {to}.",
        "many_done": "{number} Solved: “{solution}” {n} others with it, each asked for themselves; the announcement is "
        "{announced}, the promise {promised}.",
        "many_solution": "File server restarted after its update.",
        "many_withdrawn": "withdrawn", "many_fulfilled": "kept",
        # weeks and the end
        "week": "Week {week}",
        "week_sum": "This week: {opened} reports in ({channels}), {resolved} solved, {open} open, {overdue} past a "
        "target, {notices} notices out.",
        "channel_email": "mail {n}", "channel_alert": "alerts {n}", "channel_phone": "phone {n}",
        "channel_file": "file {n}",
        "comma": ", ",
        "column_kind": "kind", "column_priority": "priority", "column_opened": "opened",
        "column_resolved": "resolved", "column_closed": "closed", "all": "all",
        "decision": "{step} by {by}: {result}. {because}",
        "end": "The month",
        "figures": "Received: {received} messages ({states}). First line solved {share} % of {resolved} solved "
        "tickets, {followed} by following a known solution; {reopened} were reopened. Notices: {notices}. "
        "Escalations by clocks: {escalations}; follow-up calls not made in time: {late}.",
        "state_opened": "{n} opened", "state_joined": "{n} joined", "state_unreadable": "{n} not readable",
        "state_set_aside": "{n} set aside", "state_waiting": "{n} waiting", "state_duplicate": "{n} duplicate",
        "state_dropped": "{n} dropped",
        "notice_sent": "{n} sent", "notice_dropped": "{n} dropped", "notice_dead": "{n} dead",
        "notice_waiting": "{n} waiting", "notice_held": "{n} in digests", "notice_parked": "{n} parked",
        "explain": "Why {number} went where it went (shortened)",
        "contrast": "What the other model makes of the same reports",
        "contrast_intro": "The first {days} days once more, by the model “{model}”, in a temporary folder. {same} of "
        "{n} reports came in the same, under the same numbers. What both desks show on the last evening of those days:",
        "contrast_team": "{team} (line {line})", "contrast_vendor_team": "{team} (line {line}, a vendor)",
        "contrast_way": "{number} “{title}” went to",
        "contrast_told": "Told of {number}, beside its requester",
        "contrast_judges": "May judge whether {number} is escalated (SLA-04)",
        "contrast_watches": "Keeps an eye on what is late or without a person (ORG-03)",
        "contrast_commits": "Commits and allocates resources (ORG-02)",
        "contrast_chairs": "Chairs the review of the highest priority's tickets (ORG-02)",
        "contrast_outside": "Tickets that a vendor had, of all",
        "contrast_sights": "Tickets that the house's manager and the vendors' managers can see",
        "verify": "Verify",
        "verified": "{records} records with {events} events read: every chain unbroken, every number once, what came "
        "in all accounted for. Breaches: {breaches}.",
        "breach": "{type} {id}: {what}",
        "where": "Where everything lies, and what to try next",
        "folder": "site     {value}",
        "store": "store    {value}",
        "outbox": "outbox   {value} ({n} mails)",
        "try_show": "the ticket that ended with the vendor",
        "try_explain": "why the Saturday night's ticket went as it did",
        "try_clock": "whose time the paused ticket's was, and how its clocks came to stand",
        "try_queue": "what is past a target now",
        "try_report": "the month's figures",
        "try_verify": "prove it all again",
    }
)  # fmt: skip
