// SPDX-License-Identifier: MIT
console.log("here");
