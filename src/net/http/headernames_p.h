// SPDX-License-Identifier: MIT
#ifndef ENGINEIO_HEADERNAMES_P_H
#define ENGINEIO_HEADERNAMES_P_H

#include <QtCore/qbytearray.h>
#include <QtCore/qbytearrayview.h>

namespace EngineIo::detail {

// Returns the name in lower case, without an allocation for the names that most requests have.
QByteArray headerName(QByteArrayView name);

} // namespace EngineIo::detail

#endif
