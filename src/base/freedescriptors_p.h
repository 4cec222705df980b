// SPDX-License-Identifier: MIT
#ifndef QTSOCKETIO_FREEDESCRIPTORS_P_H
#define QTSOCKETIO_FREEDESCRIPTORS_P_H

namespace EngineIo::detail {

// Whether the process may open count more files. Where that cannot be known, it may.
bool mayOpenFiles(int count);

} // namespace EngineIo::detail

#endif
