// SPDX-License-Identifier: MIT
#include <EngineIo/message.h>

#include "base/utf8text_p.h"

namespace EngineIo {

QString Message::text() const
{
    return detail::utf8Text(m_bytes);
}

} // namespace EngineIo
