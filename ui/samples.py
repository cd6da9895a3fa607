"""The examples that come with the program: what they are called, and what is said over them."""

EXAMPLE, SLIPS = "service-center-2026", "common-slips-2026"
SAMPLES = {
    EXAMPLE: "试填样例：一份编出来的单位写好的报告，只能看。想动手试，就照它建一份来改。",
    SLIPS: "错误示范：同一份报告写错了的样子，只能看。按 F8 一处一处看错在哪里、怎么改；想动手改，就照它建一份。",
}
