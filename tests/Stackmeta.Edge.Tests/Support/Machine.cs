namespace Stackmeta.Edge.Tests;

/// <summary>What a test of the real thing needs.</summary>
static class Machine
{
    /// <summary>Skips the test, saying why, where namespaces cannot be made.</summary>
    public static void RequireRoot() =>
        Assert.SkipUnless(Environment.IsPrivilegedProcess, "Making network namespaces needs root.");
}
