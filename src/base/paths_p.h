// SPDX-License-Identifier: MIT
#ifndef QTSOCKETIO_PATHS_P_H
#define QTSOCKETIO_PATHS_P_H

#include <QtCore/qstring.h>

#include <utility>

namespace EngineIo::detail {

// Returns path, of a URL or a namespace, with the slash in front that users may leave out.
inline QString withLeadingSlash(QString path)
{
    if (!path.startsWith(u'/'))
        path.prepend(u'/');
    return path;
}

// Returns the path of an option with a slash in front and none at the end; empty for the root.
inline QString pathPrefix(QString path)
{
    if (path.endsWith(u'/'))
        path.chop(1);
    return path.isEmpty() ? path : withLeadingSlash(std::move(path));
}

} // namespace EngineIo::detail

#endif
