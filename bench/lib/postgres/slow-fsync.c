/* Adds 1 ms to each fsync and fdatasync of the process it is preloaded into: about what a cloud disk takes. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <time.h>

static void wait_1ms(void) {
  struct timespec time = {0, 1000000};
  nanosleep(&time, 0);
}

int fsync(int file) {
  static int (*real)(int);
  if (!real) real = (int (*)(int))dlsym(RTLD_NEXT, "fsync");
  wait_1ms();
  return real(file);
}

int fdatasync(int file) {
  static int (*real)(int);
  if (!real) real = (int (*)(int))dlsym(RTLD_NEXT, "fdatasync");
  wait_1ms();
  return real(file);
}
