using System.Text.Json;
using System.Text.Json.Nodes;
using Stackmeta.OpenStack.Tests;

namespace Stackmeta.Reference.Tests;

/// <summary>Nova's own code, which builds drives from the recorded databases.</summary>
static class NovaDrives
{
    const string Python = "/usr/bin/python3";

    static string Script => Path.Combine(AppContext.BaseDirectory, "openstack", "nova-drives.py");

    /// <summary>Why it cannot run; null when it can.</summary>
    public static string? Missing =>
        !Directory.Exists("/usr/lib/python3/dist-packages/nova") ? "Nova is not installed (python3-nova)"
        : TestProcess.Find("genisoimage") is null ? "genisoimage, which Nova calls, is not installed"
        : TestProcess.Find("mkfs.vfat") is null ? "mkfs.vfat, which Nova calls, is not installed (dosfstools)"
        : TestProcess.Find("mcopy") is null ? "mcopy, which stands in for a mount, is not installed (mtools)"
        : null;

    /// <summary>Builds them all as FOLDER/NAME.FORMAT.</summary>
    /// <returns>By name: null, or what Nova raised instead.</returns>
    public static async Task<Dictionary<string, string?>> BuildAsync(
        IEnumerable<DriveOrder> orders,
        string novaConf,
        string folder
    )
    {
        var text = new JsonArray([.. orders.Select(order => (JsonNode)order.ToJson())]).ToJsonString();
        using var input = new MemoryStream(System.Text.Encoding.UTF8.GetBytes(text));
        var output = await TestProcess.RunAsync(Python, [Script, novaConf, folder], input);
        return JsonSerializer.Deserialize<Dictionary<string, string?>>(output)!;
    }
}
