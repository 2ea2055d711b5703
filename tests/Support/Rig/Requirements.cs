namespace Stackmeta.Tests.Support.Rig;

/// <summary>What these tests cannot do without.</summary>
static class Requirements
{
    static readonly string[] Programs = ["ip", "ss", "dnsmasq", "haproxy", "radvd", "dhclient", "curl", "python3"];

    /// <summary>Skips the test, saying why, where it cannot run. In CI nothing is missing.</summary>
    public static void Check()
    {
        Assert.SkipUnless(Environment.IsPrivilegedProcess, "Namespaces need root.");
        foreach (var program in Programs)
        {
            var found = (Environment.GetEnvironmentVariable("PATH") + ":/usr/sbin:/sbin")
                .Split(':', StringSplitOptions.RemoveEmptyEntries)
                .Any(folder => File.Exists(Path.Combine(folder, program)));
            Assert.SkipUnless(found, $"{program} is not installed; ./test installs it.");
        }
    }
}
