using System.Text;
using System.Text.Json;
using Stackmeta.Edge;

namespace Stackmeta;

/// <summary>Shows, readably, how each of the demo's guests asks and is answered, and checks that it is so.</summary>
sealed class DemoShow(TextWriter output, DemoInventory demo)
{
    const string MetaDataAddress = "http://169.254.169.254/openstack/latest/meta_data.json";

    string DhcpNamespace => $"qdhcp-{demo.NetworkId}";

    /// <summary>Runs the guests through the path.</summary>
    /// <returns>What was not as it must be; empty when all is well.</returns>
    public async Task<IReadOnlyList<string>> RunAsync(
        IReadOnlyList<GuestNamespace> namespaces,
        CancellationToken cancellationToken
    )
    {
        var wrong = new List<string>();
        Say($"The network 10.0.0.64/26 is up: its DHCP server and its proxy live in the namespace {DhcpNamespace}.");
        Say("Who listens on port 80 there:");
        var listeners = await ShowAsync(
            "ip",
            ["netns", "exec", DhcpNamespace, "ss", "-Hltn", "sport = :80"],
            cancellationToken
        );
        Check(listeners.Contains("169.254.169.254:80"), "Nobody listens on 169.254.169.254:80.");

        foreach (var (guest, space) in demo.Guests.Zip(namespaces))
        {
            var lease = await space.AcquireLeaseAsync(cancellationToken);
            Say($"Guest {guest.Name} got {lease.Address} from dnsmasq by DHCP. Its routes:");
            var routes = await ShowAsync("ip", ["-n", space.Name, "route"], cancellationToken);
            Check(
                routes.Contains($"169.254.169.254 via {DemoInventory.DhcpServer} "),
                $"{guest.Name} has no route to 169.254.169.254 via {DemoInventory.DhcpServer}."
            );
            Say($"What {guest.Name} is told:");
            var answer = await ShowAsync(
                "ip",
                ["netns", "exec", space.Name, "curl", "-sS", "--max-time", "10", MetaDataAddress],
                cancellationToken
            );
            Check(UuidOf(answer) == guest.InstanceId, $"{guest.Name} was not told that it is {guest.InstanceId}.");
        }
        return wrong;

        void Check(bool right, string otherwise)
        {
            if (!right)
            {
                wrong.Add(otherwise);
            }
        }
    }

    /// <summary>How to go on by hand.</summary>
    public void SayHowToAsk(IReadOnlyList<GuestNamespace> namespaces)
    {
        Say("Ask from a guest yourself, in another terminal:");
        foreach (var space in namespaces)
        {
            output.WriteLine($"  ip netns exec {space.Name} curl http://169.254.169.254/openstack/latest/");
        }
        Say("Ctrl-C ends the demo and removes everything that it made.");
    }

    void Say(string sentence)
    {
        output.WriteLine();
        output.WriteLine(sentence);
    }

    /// <summary>Prints a command and what it prints, indented.</summary>
    async Task<string> ShowAsync(string program, string[] arguments, CancellationToken cancellationToken)
    {
        var shown = arguments.Select(argument => argument.Contains(' ') ? $"'{argument}'" : argument);
        output.WriteLine($"  # {program} {string.Join(' ', shown)}");
        var text = await ProgramOutput.OfAsync(program, arguments, cancellationToken);
        foreach (var line in Readable(text).Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            output.WriteLine($"  {line.TrimEnd()}");
        }
        return text;
    }

    /// <summary>A JSON object with a line for each key, other text as it is.</summary>
    static string Readable(string text)
    {
        if (!text.StartsWith('{'))
        {
            return text;
        }
        using var document = JsonDocument.Parse(text);
        var lines = new StringBuilder("{\n");
        foreach (var property in document.RootElement.EnumerateObject())
        {
            // 684 letters of chance say nothing to eyes.
            var value = property.Name == "random_seed" ? "\"…\"" : property.Value.GetRawText();
            lines.Append($"  \"{property.Name}\": {value}\n");
        }
        return lines.Append("}\n").ToString();
    }

    static string? UuidOf(string answer)
    {
        try
        {
            using var document = JsonDocument.Parse(answer);
            return document.RootElement.GetProperty("uuid").GetString();
        }
        catch (Exception e) when (e is JsonException or KeyNotFoundException or InvalidOperationException)
        {
            return null;
        }
    }
}
