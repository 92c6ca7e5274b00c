package import EnvironmentKit

/// A colour, each share from 0 to 1.
struct Color {
  let red: Double
  let green: Double
  let blue: Double

  /// A colour as six hexadecimal digits are read: 0xRRGGBB.
  init(_ digits: Int) {
    red = Double(digits >> 16 & 255) / 255
    green = Double(digits >> 8 & 255) / 255
    blue = Double(digits & 255) / 255
  }

  static let paper = Color(0xFFFFFF)
  static let ink = Color(0x222222)
  static let faint = Color(0x8A8A8A)
}

extension Scene.Role {
  /// The roles that a legend explains, in its order, with the name of each and its colour in words.
  package static let legend: [(role: Scene.Role, name: String, color: String)] = [
    (.body, "agent", "blue"), (.goal, "goal", "orange"),
  ]

  /// Told apart by people who confuse red and green too (Okabe and Ito 2008).
  var color: Color {
    switch self {
    case .obstacle: Color(0xB8B4AC)
    case .body: Color(0x0072B2)
    case .limb: Color(0x56B4E9)
    case .farLimb: Color(0x2F5F7D)
    case .goal: Color(0xD55E00)
    case .region: Color(0xEFEDE8)
    case .ray: Color(0xE3C77A)
    case .change: Color(0xCC79A7)
    }
  }
}
