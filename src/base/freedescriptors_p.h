// SPDX-License-Identifier: MIT
#ifndef QTSOCKETIO_FREEDESCRIPTORS_P_H
#define QTSOCKETIO_FREEDESCRIPTORS_P_H

namespace EngineIo::detail {

// Returns whether the process can open count more files; true if that cannot be determined.
bool mayOpenFiles(int count);

} // namespace EngineIo::detail

#endif
