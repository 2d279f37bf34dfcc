/* From 1 November the admin's digest says once a week what the next year still lacks. */
#include "sim.h"

#include "engine_digest.h"

static struct sim world;

/* What the digest would say now. */
static const char *digest(void)
{
	static const struct outbox_reminder row = {
		.step_id = "digest", .template = "admin", .obligation_id = "digest/2026-11-02"};
	const struct message_part *part;
	struct diag d = DIAG_INIT;
	size_t n = 0;
	if (engine_digest_parts(
		    world.e, &row, engine_config(world.e)->admin[0], world.now, &part, &n, &d))
		sim_fail(&d);
	return n ? part[0].note : "";
}

static void test_says_what_is_missing(void **state)
{
	(void)state;
	static const struct {
		const char *at;
		bool said;
	} T[] = {{"2026-10-26T08:40+08:00", false}, {"2026-11-02T08:40+08:00", true},
		{"2026-11-03T08:40+08:00", false}, {"2026-11-09T08:40+08:00", true}};
	sim_new(&world, "next-year", "2026-10-23T12:00+08:00", NULL, 0);
	for (size_t i = 0; i < sizeof T / sizeof *T; i++) {
		sim_run_until(&world, T[i].at);
		const char *text = digest();
		assert_int_equal(
			strstr(text, "2027年有12个月沿用2024年的活动安排表") != NULL, T[i].said);
		assert_int_equal(strstr(text, "还没有2027年的放假安排") != NULL, T[i].said);
		assert_int_equal(strstr(text, "（star）还没有2027年的指标") != NULL, T[i].said);
	}
	sim_done(&world);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_says_what_is_missing),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
