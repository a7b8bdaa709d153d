/* Preloaded by tests: the clock on the wall is DATASPOR_CLOCK_OFFSET seconds away from the real one.
 *
 * Only that clock is moved: what measures spans, and so every wait, goes on as it is. libfaketime
 * moves both or breaks absolute sleeps, and Dagster's daemon then waits for ever or ends.
 */
#define _GNU_SOURCE
#include <stdlib.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

static time_t offset(void)
{
	const char *told = getenv("DATASPOR_CLOCK_OFFSET");

	return told ? atol(told) : 0;
}

int clock_gettime(clockid_t clock, struct timespec *now)
{
	int failed = (int)syscall(SYS_clock_gettime, clock, now);

	if (!failed && (clock == CLOCK_REALTIME || clock == CLOCK_REALTIME_COARSE))
		now->tv_sec += offset();
	return failed;
}

int gettimeofday(struct timeval *restrict now, void *restrict zone)
{
	struct timespec precise;

	(void)zone;
	if (clock_gettime(CLOCK_REALTIME, &precise))
		return -1;
	now->tv_sec = precise.tv_sec;
	now->tv_usec = precise.tv_nsec / 1000;
	return 0;
}

time_t time(time_t *told)
{
	struct timespec now;

	if (clock_gettime(CLOCK_REALTIME, &now))
		return (time_t)-1;
	if (told)
		*told = now.tv_sec;
	return now.tv_sec;
}
