// SPDX-License-Identifier: MIT
#include "engineio/protocol/framesource_p.h"

namespace EngineIo::detail {

FrameSource::~FrameSource() = default;

} // namespace EngineIo::detail
