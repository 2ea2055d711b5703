using System.Text;
using Stackmeta.Core.Instances;
using Stackmeta.Documents;
using Stackmeta.Inventory;

namespace Stackmeta;

/// <summary>The keys that a command line names.</summary>
/// <param name="Name">The key pair's; null to add to the pair there is.</param>
/// <param name="Type">Ssh or x509.</param>
/// <param name="Keys">One a line.</param>
sealed record KeyPairInput(string? Name, string Type, string Keys)
{
    static readonly UTF8Encoding _utf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <exception cref="CommandException">A file cannot be read, or holds something else. The message does not repeat it.</exception>
    public static KeyPairInput Read(string? name, string? type, string[] files, Func<Stream> openInput)
    {
        type ??= PublicKeyText.Ssh;
        if (type == PublicKeyText.X509 && files.Length > 1)
        {
            throw new CommandException("A key pair has one certificate; name one --public-key.", ExitCodes.Usage);
        }
        var lines = files.SelectMany(file => ReadFile(file, type, openInput).Split('\n'));
        return new(name, type, Joined(type == PublicKeyText.X509 ? lines : lines.Distinct()));
    }

    /// <summary>The key pair that an instance has afterwards.</summary>
    /// <exception cref="CommandException">It has none, and no name for one was given.</exception>
    public KeyPair ChangeOf(KeyPair? present)
    {
        if (Name is not null)
        {
            return new(Name, Type, Keys);
        }
        if (present is null)
        {
            throw new CommandException("The instance has no key pair; name one with --key-name.", ExitCodes.Usage);
        }
        // A certificate is one: it takes the other's place.
        return present.Type == PublicKeyText.Ssh && Type == PublicKeyText.Ssh
            ? present with
            {
                PublicKey = Joined(present.PublicKey.Split('\n').Concat(Keys.Split('\n')).Distinct()),
            }
            : present with
            {
                Type = Type,
                PublicKey = Keys,
            };
    }

    static string Joined(IEnumerable<string> lines) => string.Join('\n', lines);

    static string ReadFile(string file, string type, Func<Stream> openInput)
    {
        var bytes = InputFile.Read(file, Limits.PublicKeyBytes, openInput);
        if (bytes.Length > Limits.PublicKeyBytes)
        {
            throw new CommandException($"{file} is no public key: it is longer than {Limits.PublicKeyBytes} bytes.");
        }
        try
        {
            return PublicKeyText.Read(_utf8.GetString(bytes), type, out var keys) is { } fault
                ? throw new CommandException($"{file} {fault}.")
                : keys;
        }
        catch (ArgumentException)
        {
            throw new CommandException($"{file} is no public key: it is not text.");
        }
    }
}
