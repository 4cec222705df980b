// SPDX-License-Identifier: MIT
#include <EngineIo/messagedecoder.h>

namespace EngineIo {

DecodedMessage::~DecodedMessage() = default;
MessageDecoder::~MessageDecoder() = default;

} // namespace EngineIo
