"""Believable review texts for the demo, made of sentences that fit any systems paper."""

from random import Random

PROBLEMS = [
    "running deep models on hardware that was not built for them",
    "the gap between what a framework schedules and what the device could do",
    "keeping accelerators busy when operators are small and many",
    "latency that varies too much for a control loop",
    "memory traffic between stages that each look fast alone",
    "the cost of tuning by hand for every new device",
]
IDEAS = [
    "looks at the whole graph at once instead of one operator at a time",
    "moves a decision from run time to compile time, where there is time to search",
    "splits the work so that communication hides behind computation",
    "learns a cost model from measurements and lets it guide the search",
    "treats accuracy as a resource that can be traded for time",
    "measures first, in a system that people use, and only then optimises",
]
RESULTS = [
    "The evaluation shows gains of about two times on common models, and says where there are none.",
    "Against tuned libraries the gains are smaller but steady.",
    "Most of the gain comes from one of the three techniques, as the ablation admits.",
    "The numbers hold on two kinds of hardware, which makes them easier to believe.",
]
STRENGTHS = [
    "The problem is stated with measurements, not with adjectives.",
    "Figure 3 alone explains the idea; the rest of the paper earns it.",
    "The ablation separates the techniques, so one can see what each is worth.",
    "The design has few parts, and the limits are written down.",
    "The code is available and the setup is described well enough to repeat it.",
    "The latency model $t = t_s + t_c + t_m$ is simple and checked against measurements.",
    "The authors compare with the strongest baseline, not the most convenient one.",
]
WEAKNESSES = [
    "All workloads are vision models; sequences of varying length are left out.",
    "The search takes hours and its cost is not part of the comparison.",
    "The baseline is two versions old by now.",
    "It is not clear what happens when several tenants share the device.",
    "Tail latency is not reported, only means.",
    "The accuracy loss is called negligible without a test of it.",
    "The approach needs the whole graph in advance, so dynamic control flow is out.",
]
QUESTIONS = [
    "How would this behave with batch size one?",
    "Could the cost model be moved to another device without new measurements?",
    "What is the smallest model for which the overhead still pays off?",
    "Does the result depend on the interconnect?",
    "Who would maintain the hand-written part?",
]
MORE = [
    "The paper places itself well between compilers and schedulers, and is honest about what it takes from either.",
    "What I take away is that the boundary between planning and execution is where the time goes.",
    "I found the second half easier to follow than the first, because the examples are concrete there.",
    "The related work explains why earlier attempts stopped short of this.",
    "It reads as the work of people who have operated such a system, not only built one.",
    "For our own project this matters, since we meet the same bottleneck at a smaller scale.",
]


def review_answers(rng: Random, *, title: str, merit: int) -> dict:
    """Answers for the seminar's form, by field key; a text is a little different for everybody."""
    name = title.split(":")[0]
    summary = [
        f"{name} is about {rng.choice(PROBLEMS)}.",
        f"The authors argue that this is worth a system of its own, and build one that {rng.choice(IDEAS)}.",
        rng.choice(RESULTS),
        *rng.sample(MORE, rng.randint(2, 4)),
    ]
    return {
        "summary": " ".join(summary),
        "strengths": "\n".join(f"- {line}" for line in rng.sample(STRENGTHS, rng.randint(2, 3))),
        "weaknesses": "\n".join(f"- {line}" for line in rng.sample(WEAKNESSES, rng.randint(1, 3))),
        "questions": rng.choice(QUESTIONS) if rng.random() < 0.7 else "",
        "overall-merit": merit,
        "expertise": rng.choice([1, 1, 2, 2, 2, 3, 3, 4]),
    }


COMMENTS = [
    "Clear summary; the second weakness is the one to bring up in class.",
    "Good. Say next time what you would have measured instead.",
    "Thorough, and the question is a good one.",
    "The summary is fine; the weaknesses repeat the paper's own list.",
    "Short but to the point.",
    "",
]
TEAMS = [
    ("Ahead of Time", "Compiling small models for microcontrollers"),
    ("Tail Latency", "Scheduling inference under bursty load"),
    ("Sparse Matters", "Structured pruning with hardware in the loop"),
    ("Second Opinion", "Learned detection of faulty sensors"),
    ("Warm Start", "Caching compiled graphs between runs"),
    ("Graph Paper", "Partitioning graphs for training on CPUs"),
    ("Half Precision", "Where mixed precision loses accuracy"),
    ("Night Shift", "Training on idle machines"),
    ("Lane Keepers", "Testing a driving stack with generated weather"),
    ("Cold Cache", "Serving many models from one card"),
    ("Backpressure", "Streaming data into training without stalls"),
    ("One Card", "Autonomy on a single accelerator"),
]
# Invented, so that nobody real is in the demo.
NAMES = [
    "Amara Lindqvist", "Bao Castellano", "Chidi Norgaard", "Dalia Petrov", "Emeka Sandoval", "Farah Whitfield",
    "Goran Takeda", "Hana Oyelaran", "Ilse Marchetti", "Jun Abernathy", "Kavya Holmgren", "Leif Okonkwo", "Mina Travers",
    "Nadir Kowalski", "Oona Delgado", "Priya Vandenberg", "Quentin Adeyemi", "Rosa Halvorsen", "Samir Blackwood",
    "Tove Ramanathan", "Uma Fitzgerald", "Viktor Mbeki", "Wren Castillo", "Ximena Larsen", "Yusuf Carmody", "Zora Eklund",
    "Anton Iyer", "Beatriz Quist", "Caspian Rowe", "Devika Strand",
]  # fmt: skip
# What is said about a paper: a question, and two who go on from it.
THREADS = [
    [
        "Does anybody see where the *search cost* is counted? Table 2 lists run time only.",
        'In the appendix, but for one device. For the others it says "similar".',
        "Then I would ask that in class. If it takes hours per device, the gain is gone for anybody who changes models often.",
    ],
    [
        "Figure 5 shows means. Has somebody looked at what happens at the 99th percentile?",
        'The text says that tails are "within 10 %", without a number. I would not rely on it.',
        "For a control loop the tail is all that counts, so this is the weakness I would bring up.",
    ],
    [
        "I do not understand why $t_m$ drops out of the model in section 4.",
        "They assume that memory traffic hides behind computation; two lines above equation 3.",
        "Thanks. That only holds for large batches, does it not?",
    ],
    [
        "How is this different from last week's paper? Both move decisions to compile time.",
        "Last week needed the whole graph. This one works per operator and fixes the rest at run time.",
        "That also explains why it handles dynamic shapes and the other does not.",
    ],
]
ON_A_REVIEW = [
    ("You say the baseline is old. Which one should they have taken?", "A fair question; bring both to the discussion."),
    ("I read the ablation differently: the second technique hardly matters.", "Look at the right half of the table once more."),
]
FOR_STAFF = [
    "Two of the reviews read alike to me. Shall I look into it before class?",
    "Please do, and let us speak before we ask them.",
]
