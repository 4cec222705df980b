// SPDX-License-Identifier: MIT
#include "engineio/protocol/framesource_p.h"

namespace EngineIo {

FrameSource::~FrameSource() = default;

} // namespace EngineIo
