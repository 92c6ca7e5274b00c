extension OuterMethods {
  /// The methods that come with the program.
  public static let builtIn = OuterMethods([
    TrustRegion.definition,
    ModelAgnostic.definition,
    ProximalPolicy.definition,
    Reptile.definition,
    ImplicitGradient.definition,
    RL2.definition,
    VariBAD.definition,
    PEARL.definition,
  ])
}
