// SPDX-License-Identifier: MIT
#include "engineio/protocol/messagedecoder_p.h"

namespace EngineIo::detail {

DecodedMessage::~DecodedMessage() = default;

MessageDecoder::~MessageDecoder() = default;

} // namespace EngineIo::detail
