// SPDX-License-Identifier: MIT
#ifndef REDISEMIT_H
#define REDISEMIT_H

#include "catoptions.h"

// Sends the event of options by way of Redis. Returns the status that the program ends with.
int emitOverRedis(const CatOptions &options);

#endif
