namespace Stackmeta.OpenStack;

/// <summary>
/// The base64 of <c>instances.user_data</c>, read as Python's <c>base64.b64decode</c> reads it: characters outside the alphabet are
/// passed over, and all ends with the first complete padding (spec/nova-metadata.md §5.1). .NET's decoder is stricter.
/// </summary>
static class UserDataText
{
    /// <summary>False for text that is not ASCII or ends in the midst of a group of four.</summary>
    public static bool TryDecode(string text, out byte[] bytes)
    {
        bytes = [];
        var output = new byte[(text.Length / 4 * 3) + 3];
        int length = 0,
            position = 0,
            padding = 0,
            held = 0;
        foreach (var character in text)
        {
            if (character > '\x7f')
            {
                return false;
            }
        }
        foreach (var character in text)
        {
            if (character == '=')
            {
                if (position >= 2 && position + ++padding >= 4)
                {
                    position = 0;
                    break;
                }
                continue;
            }
            if (ValueOf(character) is not { } value)
            {
                continue;
            }
            padding = 0;
            if (position == 0)
            {
                position = 1;
            }
            else
            {
                // 6 new bits complete the 6, 4 or 2 that are held.
                output[length++] = (byte)((held << (position * 2)) | (value >> (6 - (position * 2))));
                position = (position + 1) % 4;
            }
            held = value;
        }
        bytes = output[..length];
        return position == 0;
    }

    static int? ValueOf(char character) =>
        character switch
        {
            >= 'A' and <= 'Z' => character - 'A',
            >= 'a' and <= 'z' => character - 'a' + 26,
            >= '0' and <= '9' => character - '0' + 52,
            '+' => 62,
            '/' => 63,
            _ => null,
        };
}
